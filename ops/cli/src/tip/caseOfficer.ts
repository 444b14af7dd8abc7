import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type LedgerClient, readAll } from "@comity/ledger";
import {
  canonicalString,
  fromHex,
  type NetworkId,
  openingDocument,
  type OpeningDocument,
  openingIdOf,
  parseMemberId,
  tipOfficerBytes,
  tipOfficerDocument,
  type TipOfficerDocument,
  toHex,
} from "@comity/protocol";
import {
  createSealingKey,
  joinTip,
  openShare,
  type OpenedShare,
  passShare,
  receiveShare,
  sealingKeyOf,
  WrongShareError,
} from "@comity/tip";
import { CliError } from "../cliError.ts";
import type { Layout } from "../coalition/layout.ts";
import { signAsMember } from "../coalition/memberIdentity.ts";

/** A member's case officer: its sealing key lies with the member, its word is given on the ledger. */
export interface CaseOfficer {
  readonly memberId: string;
  readonly secret: Uint8Array;
  readonly ledger: LedgerClient;
}

/** Makes the officer's key where there is none, has the member vouch for it, and registers it. May be repeated. */
export async function registerOfficer(
  layout: Layout,
  networkId: NetworkId,
  { memberId: id, ledger }: Pick<CaseOfficer, "memberId" | "ledger">,
): Promise<TipOfficerDocument> {
  const file = layout.sealingKey(id);
  if (!existsSync(file)) {
    const { secret } = await createSealingKey(randomBytes);
    writeFileSync(file, `${toHex(secret)}\n`, { mode: 0o600, flag: "wx" });
  }
  const memberId = parseMemberId(id);
  const sealingKey = toHex(await sealingKeyOf(readSealingSecret(layout, id)));
  const signature = signAsMember(layout, id, tipOfficerBytes(networkId, { memberId, sealingKey }));
  const request = canonicalString({ memberId, sealingKey, signature });
  const { result } = await ledger.submitIdempotent("bounty:RegisterOfficer", request);
  return tipOfficerDocument(parse(result));
}

export function readSealingSecret(layout: Layout, memberId: string): Uint8Array {
  try {
    return fromHex(readFileSync(layout.sealingKey(memberId), "utf8").trim(), 32);
  } catch (cause) {
    throw new CliError(
      "TIP_OFFICER_NONE",
      `Member ${memberId} has no case officer's key here. Make one with \`comity tip officer --member ${memberId}\`.`,
      { cause },
    );
  }
}

/** What has been asked and approved about a tip, by whomever. */
export async function openingsOf(ledger: LedgerClient, cellHash: string): Promise<OpeningDocument[]> {
  const all = await readAll(ledger, "bounty:ListOpenings", openingDocument);
  return all.filter((opening) => opening.cellHash === cellHash);
}

export async function requestOpening(
  officer: CaseOfficer,
  cellHash: string,
  reason: string,
): Promise<OpeningDocument> {
  const request = canonicalString({ cellHash, reason });
  const { result } = await officer.ledger.submitIdempotent("bounty:RequestOpening", request);
  return openingDocument(parse(result));
}

/** Passes this officer's share to the one who asked, on the ledger. */
export async function approveOpening(
  officer: CaseOfficer,
  { openingId, sealingKey }: OpeningDocument,
  { cell, reason }: { readonly cell: Uint8Array; readonly reason: string },
): Promise<OpeningDocument> {
  const share = await openShare(cell, officer.secret);
  const passedShare = toHex(await passShare(cell, share, fromHex(sealingKey), randomBytes));
  const approval = canonicalString({ openingId, reason, passedShare });
  const { result } = await officer.ledger.submitIdempotent("bounty:ApproveOpening", approval);
  return openingDocument(parse(result));
}

export interface Reading {
  readonly text: string | undefined;
  /** Members that passed a share which is not the one that the sender made. */
  readonly wrong: readonly string[];
}

/** Reads a tip with the first share that another officer passed and that is right. */
export async function readTip(
  officer: CaseOfficer,
  opening: OpeningDocument,
  cell: Uint8Array,
): Promise<Reading> {
  const own = await openShare(cell, officer.secret);
  const wrong: string[] = [];
  for (const { memberId, passedShare } of opening.approvals) {
    const text = await joined(officer, cell, own, fromHex(passedShare));
    if (text !== undefined) return { text, wrong };
    wrong.push(memberId);
  }
  return { text: undefined, wrong };
}

async function joined(officer: CaseOfficer, cell: Uint8Array, own: OpenedShare, passed: Uint8Array) {
  try {
    return await joinTip(cell, own, await receiveShare(cell, passed, officer.secret));
  } catch (error) {
    // One that does not even open was not passed to us.
    if (error instanceof WrongShareError) return undefined;
    if (error instanceof Error && "code" in error && error.code === "CELL_ADDRESSEE") return undefined;
    throw error;
  }
}

/** This officer's own request about a tip, if there is one. */
export function ownRequest(
  openings: readonly OpeningDocument[],
  { memberId }: CaseOfficer,
): OpeningDocument | undefined {
  return openings.find(({ openingId, cellHash }) => openingId === openingIdOf(cellHash, memberId));
}

/** Another officer's request that this one has not answered. */
export function openRequest(
  openings: readonly OpeningDocument[],
  { memberId }: CaseOfficer,
): OpeningDocument | undefined {
  return openings.find(
    ({ requestedBy, approvals }) =>
      requestedBy !== memberId && approvals.every((approval) => approval.memberId !== memberId),
  );
}

function parse(result: Uint8Array): unknown {
  return JSON.parse(Buffer.from(result).toString());
}
