import { randomBytes } from "node:crypto";
import { type LedgerClient, readAll } from "@comity/ledger";
import {
  bondDocument,
  type BondDocument,
  bondRequest,
  type BondRequest,
  canonicalString,
  type Decoder,
  MAX_SWEPT_BONDS,
  sweepResult,
  type SweptBond,
} from "@comity/protocol";
import { memberOf } from "../coalition/networkFile.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ulid } from "../ulid.ts";
import { bondLines, bondView, policyDay } from "./bondView.ts";
import { documentOf, readObject } from "./documentFile.ts";
import { dollars } from "./money.ts";
import { asOfficer, asSurety, findNetwork, firstMember, type Found, supervisorOf } from "./network.ts";

export interface BondPostOptions {
  readonly dataDir: string;
  readonly notice?: string;
  readonly member?: string;
}

/** Offers the bond in a JSON file as an officer of the principal's member. */
export async function postBond(
  file: string,
  options: BondPostOptions,
  out: Terminal,
  nowMs: number,
): Promise<void> {
  const found = findNetwork(options.dataDir);
  const request = readRequest(file, options, nowMs);
  const memberId = options.member ?? (await supervisorOf(found, request.noticeId));
  const bond = await asOfficer(found, memberOf(found.network, memberId), (ledger) =>
    submit(ledger, bondDocument, "bond:Post", canonicalString(request)),
  );
  out.result(bondView(bond), [
    `Posted bond ${bond.bondId}: ${dollars(bond.penalMinor)} for ${bond.principal}'s run of notice ${bond.noticeId}.`,
    `It binds nobody until ${bond.surety} accepts it: comity bond accept ${bond.bondId}`,
  ]);
}

/** `bondId` may be left out of the file, and the notice be named on the command line. */
function readRequest(file: string, { notice }: BondPostOptions, nowMs: number): BondRequest {
  const own = notice === undefined ? {} : { noticeId: notice };
  const drawn = { bondId: ulid(nowMs, randomBytes(10)), currency: "USD" };
  return documentOf(bondRequest, { ...drawn, ...readObject(file), ...own }, `${file} is no bond`);
}

/** The surety's own transaction, with the keys that lie in the data directory. */
export async function acceptBond(bondId: string, rev: number, dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const { surety } = await readBond(found, bondId);
  const bond = await asSurety(found, surety, (ledger) =>
    submit(ledger, bondDocument, "bond:Accept", bondId, String(rev)),
  );
  out.result(bondView(bond), [`${bond.surety} accepted.`, ...bondLines(bond)]);
}

/** One bond, or all of them. */
export async function showBonds(bondId: string | undefined, dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  if (bondId !== undefined) {
    const bond = await readBond(found, bondId);
    out.result(bondView(bond), bondLines(bond));
    return;
  }
  const bonds = await listBonds(found);
  const head = ["bond", "status", "surety", "principal", "penal", "available", "open triggers"];
  out.result({ bonds: bonds.map(bondView) }, table(head, bonds.map(row)));
}

function row(bond: BondDocument): string[] {
  const { penal, available, openTriggers } = bondView(bond);
  const amounts = [penal, available].map(({ amountMinor }) => dollars(amountMinor));
  return [bond.bondId, bond.status, bond.surety, bond.principal, ...amounts, String(openTriggers.length)];
}

/** Has the ledger judge what fell due, of the bonds that are named or of all in force. */
export async function sweepBonds(bondIds: readonly string[], dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const ids = bondIds.length > 0 ? bondIds : await bondsInForce(found);
  const swept: SweptBond[] = [];
  await asOfficer(found, firstMember(found), async (ledger) => {
    for (let from = 0; from < ids.length; from += MAX_SWEPT_BONDS) {
      const part = canonicalString(ids.slice(from, from + MAX_SWEPT_BONDS));
      swept.push(...(await submit(ledger, sweepResult, "bond:SweepDue", part)).swept);
    }
  });
  const value = swept.map(({ bond, ...changes }) => ({ ...bondView(bond), ...changes }));
  out.result({ swept: value }, swept.length === 0 ? ["No bond is in force."] : swept.flatMap(sweptLines));
}

async function bondsInForce(found: Found): Promise<string[]> {
  const bonds = await listBonds(found);
  return bonds.filter(({ status }) => status === "active").map(({ bondId }) => bondId);
}

function sweptLines({ bond, opened, cured, forfeited }: SweptBond): string[] {
  const triggers = bond.openTriggers.filter(({ sequence }) => opened.includes(sequence));
  const lines = [
    ...cured.map(
      (sequence) => `  cured: model checkpoint ${sequence} was registered; its money is free again`,
    ),
    ...forfeited.map(
      (sequence) => `  forfeited: model checkpoint ${sequence} was not registered within the cure window`,
    ),
    ...triggers.map(
      ({ sequence, amountMinor, cureByMs }) =>
        `  opened: model checkpoint ${sequence} was not registered in time; ${dollars(amountMinor)} ` +
        `are encumbered, to be cured by ${policyDay(cureByMs)}`,
    ),
  ];
  const { bondId, status, forfeitedMinor } = bond;
  const head = `Bond ${bondId} is ${status}; ${dollars(forfeitedMinor)} forfeited so far.`;
  return [head, ...(lines.length === 0 ? ["  nothing new fell due"] : lines)];
}

export interface BondReleaseOptions {
  readonly dataDir: string;
  /** Whether the surety asks, and not an officer of the principal's member. */
  readonly surety: boolean;
}

export async function releaseBond(bondId: string, options: BondReleaseOptions, out: Terminal): Promise<void> {
  const found = findNetwork(options.dataDir);
  const { surety, memberId } = await readBond(found, bondId);
  const release = (ledger: LedgerClient): Promise<BondDocument> =>
    submit(ledger, bondDocument, "bond:Release", bondId);
  const bond = options.surety
    ? await asSurety(found, surety, release)
    : await asOfficer(found, memberOf(found.network, memberId), release);
  out.result(bondView(bond), bondLines(bond));
}

async function readBond(found: Found, bondId: string): Promise<BondDocument> {
  return asOfficer(found, firstMember(found), async (ledger) => {
    return decoded(bondDocument, await ledger.evaluate("bond:Read", bondId));
  });
}

function listBonds(found: Found): Promise<BondDocument[]> {
  return asOfficer(found, firstMember(found), (ledger) => readAll(ledger, "bond:List", bondDocument));
}

async function submit<T>(
  ledger: LedgerClient,
  decode: Decoder<T>,
  transaction: string,
  ...args: string[]
): Promise<T> {
  return decoded(decode, (await ledger.submitIdempotent(transaction, ...args)).result);
}

function decoded<T>(decode: Decoder<T>, bytes: Uint8Array): T {
  return decode(JSON.parse(Buffer.from(bytes).toString()));
}
