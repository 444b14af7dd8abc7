import { type OpeningDocument, parseNetworkId } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { memberOf } from "../coalition/networkFile.ts";
import type { Terminal } from "../terminal.ts";
import {
  approveOpening,
  type CaseOfficer,
  openingsOf,
  openRequest,
  ownRequest,
  readSealingSecret,
  readTip,
  registerOfficer,
  requestOpening,
} from "../tip/caseOfficer.ts";
import { fetchCell } from "../tip/tipNode.ts";
import { asOfficer, type Found, findNetwork } from "./network.ts";

export interface OfficerOptions {
  readonly dataDir: string;
  readonly member: string;
}

export interface OpenOptions extends OfficerOptions {
  readonly reason?: string;
}

/** Makes and registers the sealing key of a member's case officer. */
export async function registerCaseOfficer({ dataDir, member }: OfficerOptions, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const { layout, network } = found;
  const { memberId } = memberOf(network, member);
  const networkId = parseNetworkId(network.genesis);
  const officer = await asOfficer(found, memberOf(network, member), (ledger) =>
    registerOfficer(layout, networkId, { memberId, ledger }),
  );
  out.result(officer, [
    `Tips can be sealed for ${memberId}'s case officer now. The secret half is ${layout.sealingKey(memberId)}.`,
  ]);
}

/** What one officer can do for the opening of a tip now: ask, approve what another asked, or read what another approved. */
export async function openTip(cellHash: string, options: OpenOptions, out: Terminal): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(cellHash))
    throw new CliError("USAGE", "A tip is named by its hash: 64 lower-case hex digits.");
  const found = findNetwork(options.dataDir);
  const member = memberOf(found.network, options.member);
  const secret = readSealingSecret(found.layout, member.memberId);
  const cell = await fetchCell(member.ports.tips, cellHash);
  await asOfficer(found, member, async (ledger) => {
    const officer = { memberId: member.memberId, secret, ledger };
    await takeNextStep({ officer, cell, cellHash, reason: options.reason, found }, out);
  });
}

interface Step {
  readonly officer: CaseOfficer;
  readonly cell: Uint8Array;
  readonly cellHash: string;
  readonly reason: string | undefined;
  readonly found: Found;
}

async function takeNextStep(step: Step, out: Terminal): Promise<void> {
  const { officer, cellHash, reason } = step;
  const openings = await openingsOf(officer.ledger, cellHash);
  const own = ownRequest(openings, officer);
  if (own?.status === "approved") return read(step, own, out);
  const theirs = openRequest(openings, officer);
  if (theirs !== undefined) return approve(step, theirs, out);
  if (own !== undefined || openings.length > 0) {
    waits(own ?? openings[0], officer, out);
    return;
  }
  const opening = await requestOpening(officer, cellHash, reasonOf(reason));
  out.result({ step: "requested", opening }, [
    `Asked, and on the ledger. Now the officer of another member that it is sealed for runs \`comity tip open ${cellHash} --member … --reason …\`,`,
    `and then you, once more: \`comity tip open ${cellHash} --member ${officer.memberId}\`.`,
  ]);
}

async function read(
  { officer, cell, cellHash }: Step,
  opening: OpeningDocument,
  out: Terminal,
): Promise<void> {
  const { text, wrong } = await readTip(officer, opening, cell);
  const blame = wrong.map(
    (memberId) => `The share that ${memberId}'s officer passed is not the one that the sender made.`,
  );
  if (text === undefined)
    throw new CliError("TIP_SHARE_WRONG", [...blame, "Another officer must approve."].join(" "));
  out.result({ step: "opened", cellHash, text, wrong }, [...blame, "", text]);
}

async function approve(
  { officer, cell, reason }: Step,
  asked: OpeningDocument,
  out: Terminal,
): Promise<void> {
  const opening = await approveOpening(officer, asked, { cell, reason: reasonOf(reason) });
  out.result({ step: "approved", opening }, [
    `Approved, and on the ledger: ${asked.requestedBy}'s officer asked because "${asked.reason}", and reads it with your share now.`,
  ]);
}

function waits(opening: OpeningDocument | undefined, { memberId }: CaseOfficer, out: Terminal): void {
  const isOwn = opening?.requestedBy === memberId;
  out.result({ step: "waiting", opening }, [
    isOwn
      ? "Asked already. It waits for the officer of another member that it is sealed for."
      : `Approved already: ${opening?.requestedBy ?? "another member"}'s officer can read it.`,
  ]);
}

function reasonOf(reason: string | undefined): string {
  if (reason !== undefined) return reason;
  throw new CliError(
    "USAGE",
    "To ask for an opening, or to approve one, say why with --reason: it stays on the ledger.",
  );
}
