import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import type { LedgerClient } from "@comity/ledger";
import {
  blstBls,
  canonicalString,
  encodeEntryBundle,
  hex,
  nominationRequest,
  type NominationRequest,
  object,
  quorumOf,
  realTime,
  type VenueDocument,
  venueDocument,
  type VerifiedEntry,
  verifyEntryBundle,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { readEntryBundle } from "../registryBundle.ts";
import { ulid } from "../ulid.ts";
import { keep } from "./plan.ts";
import { type Stage, untilPolicyTime, waitFor } from "./stage.ts";

export type VenueStage = Pick<Stage, "coalition" | "deps" | "genesis">;

/** What the case rests on: the alert and its bundle on disk. */
export interface VenueGrounds {
  readonly alertId: string;
  /** Path. */
  readonly bundle: string;
}

export interface VenueOutcome {
  readonly id: string;
  readonly name: string;
  readonly status: VenueDocument["status"];
  /** Absolute path of what shows offline that it is listed. */
  readonly bundle: string;
}

const plannedCase = object({ nomination: nominationRequest, proofHash: hex(32), responseHash: hex(32) });

const publicationTimeoutMs = 60_000;
const digestTimeoutMs = 60_000;

/** Position among the founders of the member that nominates: the one whose operator the alert is about. */
const nominator = 2;

/**
 * A company that let accelerators to the operator of the alert is nominated, has its time to respond, and is listed by a quorum's votes and
 * the coalition's signature. Repeats change nothing.
 */
export async function playVenue(stage: VenueStage, grounds: VenueGrounds): Promise<VenueOutcome> {
  const { nomination, proofHash, responseHash } = planCase(stage, grounds);
  const { venueId, venue } = nomination;
  const { memberId = "", name: state } = stage.genesis.members[nominator] ?? {};
  const act = (transaction: string, ...args: string[]): Promise<VenueDocument> =>
    submit(stage.coalition.ledger(memberId, "officer"), transaction, ...args);
  await act("designation:Nominate", canonicalString(nomination));
  const served = await act("designation:Serve", venueId, proofHash);
  stage.deps.say(
    `${state ?? memberId} nominates ${venue.name} for the list and serves it notice: it has 30 days.`,
  );
  await awaitResponse(stage, served, () => act("designation:Respond", venueId, responseHash));
  const reason = "Its time to respond is over.";
  const opened = await act("designation:OpenVote", venueId, "designate", reason);
  await voteAll(stage, opened);
  await awaitListing(stage, venueId);
  return proveListing(stage, venueId);
}

/** The nomination is drawn once: a second start sends the same bytes. */
function planCase({ coalition, deps }: VenueStage, grounds: VenueGrounds) {
  return keep(join(coalition.layout.story, "venue.json"), plannedCase, () => ({
    nomination: nominationOf(grounds, ulid(deps.now(), randomBytes(10))),
    proofHash: sha256("receipt of the registered letter"),
    responseHash: sha256("the venue's letter"),
  }));
}

function nominationOf({ alertId, bundle }: VenueGrounds, venueId: string): NominationRequest {
  return nominationRequest({
    venueId,
    venue: {
      schema: "Company",
      name: "Greyfield Quarry Leasing",
      aliases: ["GQL"],
      country: "xc",
      address: "1 Quarry Road, Calderra",
      website: "https://greyfield-quarry.example",
    },
    legalBasis: "Framework, article 7: whoever lets accelerators for training that was not declared",
    reasons: `It let the hall in which the training of alert ${alertId} took place, and did not end the lease.`,
    evidence: [alertId, createHash("sha256").update(readFileSync(bundle)).digest("hex")],
  });
}

/** The thirty days, a second each. Where the fast clock does not last so long, the venue answers early. */
async function awaitResponse(
  stage: VenueStage,
  { served, ballot, venue }: VenueDocument,
  respond: () => Promise<VenueDocument>,
): Promise<void> {
  const { clock } = stage.genesis;
  const respondByMs = served?.respondByMs ?? 0;
  if (ballot !== null) return;
  if (realTime(clock, respondByMs) <= clock.originMs + clock.scaledMs)
    return untilPolicyTime(stage, respondByMs);
  await respond();
  stage.deps.say(`${venue.name} responds before its time is over.`);
}

/** The officers of a quorum read the case and approve, one after the other. */
async function voteAll({ coalition, deps, genesis }: VenueStage, opened: VenueDocument): Promise<void> {
  const { venueId, ballot, venue } = opened;
  const openedRev = ballot?.openedRev ?? 0;
  const voters = coalition.network.members.slice(0, quorumOf(genesis.members.length));
  for (const { memberId } of voters) {
    const vote = { venueId, openedRev, decision: "approve", reason: "The evidence verifies." };
    await submit(coalition.ledger(memberId, "officer"), "designation:Vote", canonicalString(vote));
  }
  const names = voters.map(({ name }) => name).join(", ");
  deps.say(`The officers of ${names} vote to list ${venue.name}; that is a quorum.`);
}

async function awaitListing(stage: VenueStage, venueId: string): Promise<void> {
  const ledger = anyOfficer(stage);
  await waitFor(stage, publicationTimeoutMs, "the coalition has not signed the designation", async () => {
    const { listing } = await read(ledger, venueId);
    return listing ?? undefined;
  });
}

/** Believes nothing that does not verify from the genesis fingerprint. */
async function proveListing(stage: VenueStage, venueId: string): Promise<VenueOutcome> {
  const { coalition, deps, genesis } = stage;
  const ledger = anyOfficer(stage);
  const bundle = await waitFor(stage, digestTimeoutMs, "the coalition has not signed the list", () =>
    readEntryBundle(ledger, genesis, "venues", venueId),
  );
  const file = join(coalition.layout.root, `venues-${venueId}.comity.json`);
  const bytes = encodeEntryBundle(bundle);
  writeFileSync(file, bytes);
  const trust = { genesis: coalition.network.genesis, bls: blstBls(blst) };
  const { answer, digest } = verifyEntryBundle(bytes, { ...trust, id: venueId });
  const venue = listed(answer);
  deps.say(
    `${venue.venue.name} is listed. The coalition has signed that, and the list of ${digest.size} after ` +
      `block ${digest.ledger.height}; the bundle verifies offline.`,
  );
  return { id: venueId, name: venue.venue.name, status: venue.status, bundle: file };
}

function listed(answer: VerifiedEntry["answer"]): VenueDocument {
  if (answer.registry === "venues" && answer.document !== null) return answer.document;
  throw new CliError("STORY_STEP", "The signed list does not hold the venue that was listed.");
}

function anyOfficer({ coalition }: VenueStage): LedgerClient {
  const [first] = coalition.network.members;
  return coalition.ledger(first?.memberId ?? "", "officer");
}

async function read(ledger: LedgerClient, venueId: string): Promise<VenueDocument> {
  return decoded(await ledger.evaluate("designation:Read", venueId));
}

async function submit(ledger: LedgerClient, transaction: string, ...args: string[]): Promise<VenueDocument> {
  return decoded((await ledger.submitIdempotent(transaction, ...args)).result);
}

function decoded(bytes: Uint8Array): VenueDocument {
  return venueDocument(JSON.parse(Buffer.from(bytes).toString()));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
