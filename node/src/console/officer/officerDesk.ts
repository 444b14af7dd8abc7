import {
  type AlertDocument,
  canonicalString,
  type Genesis,
  type MemberId,
  type NetworkId,
  type VenueDocument,
} from "@comity/protocol";
import type { LedgerQueries, LedgerSubmitter } from "../../ledger/ports.ts";
import type { ConsoleSources } from "../consoleSources.ts";
import { requestedOpenings } from "./openings.ts";
import type { Decision, OfficerDesk } from "./officerRoutes.ts";
import { OfficerError } from "./officerRoutes.ts";
import type { Fact, OfficerAlert, OfficerView, WaitingDecision } from "./officerView.ts";

export interface OfficerDeskOptions {
  readonly memberId: MemberId;
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
}

export interface OfficerDeskDeps {
  readonly view: {
    height(): bigint;
    alerts(): readonly AlertDocument[];
    venues(): readonly VenueDocument[];
  };
  readonly ledger: LedgerQueries;
  readonly sources: Pick<ConsoleSources, "missing" | "proposals" | "peers" | "logs">;
  /** The sealed tips that this node keeps. */
  readonly tips: () => readonly { readonly tipHour: number }[];
  /** The ledger as the member's officer; undefined where the node has no such certificate. */
  readonly officer: LedgerSubmitter | undefined;
}

/** What the officer sees and says. The node reads; only the officer's own certificate decides. */
export function officerDesk(options: OfficerDeskOptions, deps: OfficerDeskDeps): OfficerDesk {
  return { view: () => viewOf(options, deps), decide: (decision) => decide(decision, deps) };
}

async function viewOf(options: OfficerDeskOptions, deps: OfficerDeskDeps): Promise<OfficerView> {
  const { genesis, networkId, memberId } = options;
  const { view, ledger, sources } = deps;
  const nameOf = (id: string): string => genesis.members.find((member) => member.memberId === id)?.name ?? id;
  const open = view.venues().filter((venue) => waitsFor(venue, memberId));
  const openings = await requestedOpenings(ledger, memberId);
  const tips = deps.tips();
  return {
    ...{ member: nameOf(memberId), memberId, network: networkId, mode: genesis.mode },
    height: view.height().toString(),
    missing: (await sources.missing()).map(({ why }) => why),
    decisions: open.map((venue) => waitingDecision(venue, nameOf)),
    openings: openings.found.map(({ cellHash, requestedBy, reason, requestedMs }) => {
      return { cellHash, requestedBy: nameOf(requestedBy), reason, requested: day(requestedMs) };
    }),
    areAllOpenings: openings.isWhole,
    alerts: view.alerts().map((alert) => explained(alert, genesis)),
    proposals: sources.proposals(),
    tips: { kept: tips.length, hours: new Set(tips.map(({ tipHour }) => tipHour)).size },
    peers: sources.peers(),
    logs: sources.logs(),
    canDecide: deps.officer !== undefined,
  };
}

async function decide(decision: Decision, { view, officer }: OfficerDeskDeps): Promise<void> {
  if (officer === undefined)
    throw new OfficerError("FORM_INVALID", "this node has no officer's certificate: use the command");
  const { id, ...word } = decision;
  if (!view.venues().some(({ venueId }) => venueId === id))
    throw new OfficerError("FORM_INVALID", `nothing with the id ${id} waits for a decision`);
  await officer.submitIdempotent("designation:Vote", canonicalString({ venueId: id, ...word }));
}

function waitsFor({ status, ballot }: VenueDocument, memberId: MemberId): boolean {
  const isOpen = status === "voting" || status === "delisting";
  return isOpen && ballot?.votes.every((vote) => vote.memberId !== memberId) === true;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

type NameOf = (memberId: string) => string;

function waitingDecision(document: VenueDocument, nameOf: NameOf): WaitingDecision {
  const { venueId, venue, ballot } = document;
  const isDelisting = ballot?.question === "delist";
  const votes = (ballot?.votes ?? []).map(({ memberId, decision, reason }) => {
    return { member: nameOf(memberId), decision, reason };
  });
  return {
    id: venueId,
    question: isDelisting
      ? `Remove ${venue.name} from the list?`
      : `List ${venue.name} as a non-compliant venue?`,
    facts: [...whatIsAlleged(document, nameOf), ...whatHappened(document)],
    votes,
    openedRev: ballot?.openedRev ?? 0,
  };
}

function whatIsAlleged(
  { venue, legalBasis, reasons, evidence, nominatedBy }: VenueDocument,
  nameOf: NameOf,
): Fact[] {
  return [
    { label: "Who", value: `${venue.name}, ${venue.schema}, ${venue.country.toUpperCase()}` },
    { label: "Also known as", value: venue.aliases.join("; ") || "nothing else" },
    { label: "Legal basis", value: legalBasis },
    { label: "Reasons", value: reasons },
    { label: "Evidence, SHA-256", value: evidence.join(" ") },
    { label: "Nominated by", value: nameOf(nominatedBy) },
  ];
}

function whatHappened({ venueId, served, response, ballot }: VenueDocument): Fact[] {
  const answer = response && `${day(response.respondedMs)}, SHA-256 ${response.hash}`;
  return [
    { label: "Notice served", value: served ? day(served.servedMs) : "not yet" },
    { label: "Its response", value: answer ?? "none" },
    { label: "Why a vote now", value: ballot?.reason ?? "" },
    { label: "Case", value: `${venueId}, vote opened at revision ${ballot?.openedRev ?? 0}` },
  ];
}

const flop = (decimal: string): string => `${Number(decimal).toExponential(2)} FLOP`;

function explained(
  { alertId, statement, status, decisions }: AlertDocument,
  { members }: Genesis,
): OfficerAlert {
  const { subject, window, observed, flopAtLeast, projectedFlop, entries, log } = statement;
  const signers = decisions
    .filter(({ decision }) => decision === "sign")
    .map(({ memberIndex }) => members[memberIndex - 1]?.name ?? String(memberIndex));
  return {
    id: alertId,
    title: `Undeclared training at ${subject.siteId}`,
    status,
    explanation: [
      `Operator ${subject.operatorId} did at least ${flop(flopAtLeast)} from ${day(observed.startMs)} to ${day(observed.endMs)}, and no notice was in force.`,
      `At this rate it reaches ${flop(projectedFlop)} within the rulebook's horizon, which is above the reporting threshold.`,
      `It rests on entries ${entries.from} to ${entries.to} of the log ${log.origin.split("/").slice(2).join(" / ")}, in the window from ${day(window.startMs)} to ${day(window.endMs)}.`,
      `Signed by ${signers.join(", ")}.`,
    ],
  };
}
