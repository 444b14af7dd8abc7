import {
  activationStatement,
  type BlsVerifier,
  type EpochRecord,
  epochRecordBytes,
  faultBound,
  fromHex,
  type KeyAccept,
  type KeyConfirm,
  type KeyPhase,
  type KeyProposal,
  type KeySession,
  type KeySignature,
  keyWindowMs,
  statementDigest,
  toHex,
  verifyEd25519,
} from "@comity/protocol";
import { groupKeyOf, type Session, transcriptHash } from "@comity/threshold/verify";
import type { KeyDealDocument } from "../ledger/keyDocuments.ts";
import type { Network } from "../ledger/network.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

/** How many members suffice: those that may fail are not waited for. */
export function sufficient(network: Network): number {
  const n = network.genesis.members.length;
  return n - faultBound(n);
}

/** The session as the key-generation protocol names it. */
export function protocolSession(
  network: Network,
  { attempt, threshold }: Pick<KeySession, "attempt" | "threshold">,
): Session {
  return { networkId: network.id, attempt, n: network.genesis.members.length, t: threshold };
}

/** Opens the next attempt, or gives undefined where exactly this one is open already. Guilty dealers stay excluded. */
export function proposeKey(
  proposal: KeyProposal,
  last: KeySession | undefined,
  { genesis }: Network,
  nowMs: number,
): KeySession | undefined {
  const { attempt, threshold } = proposal;
  if (threshold !== genesis.threshold) {
    throw new LedgerError("KEY_THRESHOLD", `the threshold of this network is ${genesis.threshold}`);
  }
  if (last !== undefined && isStanding(last, attempt)) return undefined;
  const next = (last?.attempt ?? 0) + 1;
  if (attempt !== next) throw new LedgerError("KEY_ATTEMPT", `the next attempt is ${next}`);
  return {
    ...revisionAfter(last),
    attempt,
    threshold,
    phase: "accept",
    openedMs: nowMs,
    phaseOpenedMs: nowMs,
    excluded: excludedAfter(last),
    disqualified: [],
    qualified: [],
  };
}

/** Whether the attempt is the one that stands; false once the last one is aborted. */
function isStanding(last: KeySession, attempt: number): boolean {
  if (last.phase === "aborted") return false;
  if (last.phase === "active") throw new LedgerError("KEY_ACTIVE", "a key is in force");
  if (last.attempt === attempt) return true;
  throw new LedgerError("KEY_SESSION_OPEN", `attempt ${last.attempt} is open`);
}

function excludedAfter(last: KeySession | undefined): number[] {
  if (last === undefined) return [];
  const accused = last.aborted?.dealer === undefined ? [] : [last.aborted.dealer];
  return [...new Set([...last.excluded, ...last.disqualified, ...accused])].sort((a, b) => a - b);
}

export type ClosingPhase = "accept" | "deal" | "confirm";
const order: readonly KeyPhase[] = ["accept", "deal", "confirm", "sign", "active"];

/** Whether a phase of this attempt is over already, so that a late vote to close it changes nothing. */
export function isPast(session: KeySession, phase: ClosingPhase): boolean {
  return session.phase === "aborted" || order.indexOf(session.phase) > order.indexOf(phase);
}

export interface ClosingFacts {
  readonly phase: ClosingPhase;
  /** Members who did what the phase is for, and how many could. */
  readonly present: number;
  readonly expected: number;
  /** Votes to close, this one included. */
  readonly votes: number;
  readonly nowMs: number;
}

/** Until then a phase waits for those who are late. */
export function assertWindowOver(session: KeySession, { genesis }: Network, nowMs: number): void {
  if (nowMs < session.phaseOpenedMs + keyWindowMs(genesis.mode))
    throw new LedgerError("KEY_WINDOW_OPEN", `the ${session.phase} phase is still open`);
}

/**
 * What a vote to close a phase leads to. Everybody in: it closes at once. Otherwise votes count only after the window, and n−f of them
 * decide: the attempt goes on with whoever is there, or ends where those are too few.
 */
export function closingOutcome(
  session: KeySession,
  network: Network,
  facts: ClosingFacts,
): "vote" | "close" | "short" {
  const needed = sufficient(network);
  if (facts.present === facts.expected && facts.present >= needed) return "close";
  assertWindowOver(session, network, facts.nowMs);
  if (facts.votes < needed) return "vote";
  return facts.present < needed ? "short" : "close";
}

/** The record that members are to confirm, or the members who could not: the deals add up to nothing for them. */
export type Outcome = { readonly record: EpochRecord } | { readonly shareless: readonly number[] };

/**
 * What the transcript makes of the deals that count. A dealer that knows what the others dealt to a member can cancel it: a member that
 * deals last can do so to itself. No honest member is ever left without a share by good deals, since nobody knows what it was dealt.
 */
export function outcomeOf(
  network: Network,
  session: KeySession,
  accepts: readonly KeyAccept[],
  deals: readonly KeyDealDocument[],
): Outcome {
  const named = protocolSession(network, session);
  const qualified = deals.map(({ deal }) => deal);
  const { groupKey, publicShares } = groupKeyOf(named, qualified);
  const { members } = network.genesis;
  const shareless = members.map(({ index }) => index).filter((index) => !publicShares.has(index));
  if (shareless.length > 0) return { shareless };
  const acceptances = accepts.map(({ index, encryptionKey, proof }) => ({ index, encryptionKey, proof }));
  const record: EpochRecord = {
    type: "comity/v1/epoch-record",
    networkId: network.id,
    keyEpoch: 1,
    groupKey: toHex(groupKey),
    threshold: session.threshold,
    members: members.map(({ index, memberId, identityKey }) => {
      const publicShare = publicShares.get(index) ?? new Uint8Array();
      return { index, memberId, identityKey, publicShare: toHex(publicShare) };
    }),
    transcriptHash: toHex(transcriptHash(named, acceptances, qualified)),
    previous: null,
  };
  return { record };
}

/** A confirmation proves that the member holds its share of the key. */
export function verifyConfirmation(
  network: Network,
  record: EpochRecord,
  confirm: Omit<KeyConfirm, "rev" | "schemaVersion">,
  bls: BlsVerifier,
): void {
  const member = record.members.find(({ index }) => index === confirm.index);
  if (member === undefined)
    throw new LedgerError("KEY_CONFIRM_INVALID", `the record has no member ${confirm.index}`);
  const context = {
    networkId: network.id,
    groupKey: fromHex(record.groupKey, 48),
    kind: "activation",
    keyEpoch: record.keyEpoch,
  } as const;
  const digest = statementDigest(context, activationStatement(confirm.attempt, record));
  if (!bls.verify(fromHex(member.publicShare, 48), digest, fromHex(confirm.partial, 96))) {
    throw new LedgerError("KEY_CONFIRM_INVALID", "the partial signature is not that of the member's share");
  }
}

/** With its identity key a member vouches for the record. */
export function verifyRecordSignature(
  network: Network,
  record: EpochRecord,
  { index, signature }: Pick<KeySignature, "index" | "signature">,
): void {
  const member = record.members.find((each) => each.index === index);
  const bytes = epochRecordBytes(network.id, record);
  if (!member || !verifyEd25519(fromHex(member.identityKey, 32), bytes, fromHex(signature, 64))) {
    throw new LedgerError("KEY_SIGNATURE_INVALID", "the record is not signed with the member's identity key");
  }
}
