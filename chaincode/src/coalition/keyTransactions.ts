import {
  canonicalString,
  type EpochRecord,
  hex,
  integer,
  type KeyAccept,
  keyAcceptRequest,
  type KeyConfirm,
  keyConfirmRequest,
  keyProposal,
  type KeySession,
  type KeySignature,
  keySignatureRequest,
  MAX_MEMBERS,
  object,
  toHex,
} from "@comity/protocol";
import {
  checkDeal,
  type Deal,
  DealError,
  dealHash,
  decideAccusation,
  decodeAccusation,
  decodeDeal,
  verifyEncryptionKey,
} from "@comity/threshold/verify";
import { documentArgument } from "../ledger/argument.ts";
import { bls } from "../ledger/bls.ts";
import { assertIndex, type Caller } from "../ledger/caller.ts";
import type { KeyDealDocument } from "../ledger/keyDocuments.ts";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";
import { ONLY, tables } from "../ledger/tables.ts";
import { assertPhase, KeyBoard } from "./keyBoard.ts";
import {
  proposeKey,
  protocolSession,
  sufficient,
  verifyConfirmation,
  verifyRecordSignature,
} from "./keyRules.ts";

const attempt = integer(1, 1_000_000);
const index = integer(1, MAX_MEMBERS);
const dealRequest = object({ attempt, deal: decodeDeal });
const accusationRequest = object({
  attempt,
  dealer: index,
  accuser: index,
  sharedKey: hex(48),
  proof: hex({ maxBytes: 256 }),
});

/** Post of member `index` in attempt `attempt`, as an event names it. */
const subjectOf = (post: { attempt: number; index: number }): string => `${post.attempt}/${post.index}`;

export async function propose(ctx: LedgerContext, argument: string): Promise<KeySession> {
  const proposal = documentArgument(argument, keyProposal);
  const board = new KeyBoard(ctx);
  const last = await board.find();
  const session = proposeKey(proposal, last, ctx.network, (await ctx.time()).realMs);
  if (session === undefined) return required(last, "KEY_SESSION_MISSING", "no key generation is open");
  await board.save(session);
  ctx.emit("key-proposed", String(session.attempt), session);
  return session;
}

/** A member takes part, with an encryption key that it made for this attempt alone. */
export async function accept(ctx: LedgerContext, caller: Caller, argument: string): Promise<KeyAccept> {
  const request = documentArgument(argument, keyAcceptRequest);
  assertIndex(caller, request.index);
  const session = await new KeyBoard(ctx).attempt(request.attempt);
  const post: KeyAccept = { ...revisionAfter(), ...request };
  const existing = await ctx.table(tables.keyAccept).find(request.attempt, request.index);
  if (existing !== undefined) {
    if (canonicalString(existing) === canonicalString(post)) return existing;
    throw new LedgerError(
      "KEY_ACCEPT_EXISTS",
      `member ${request.index} accepted with another encryption key`,
    );
  }
  assertPhase(session, "accept");
  if ((await ctx.table(tables.keyBar).find(request.index)) !== undefined)
    throw new LedgerError("KEY_MEMBER_BARRED", `member ${request.index} made an earlier attempt fail`);
  const named = protocolSession(ctx.network, session);
  if (!verifyEncryptionKey(named, request.index, request.encryptionKey, request.proof)) {
    throw new LedgerError("KEY_ACCEPT_INVALID", "the encryption key lacks a proof that its secret is known");
  }
  await ctx.table(tables.keyAccept).put(post, post.attempt, post.index);
  ctx.emit("key-accepted", subjectOf(post), post);
  return post;
}

/** A dealer's contribution. A second, different one is not refused but kept as evidence: it disqualifies the dealer. */
export async function deal(ctx: LedgerContext, caller: Caller, argument: string): Promise<KeyDealDocument> {
  const request = documentArgument(argument, dealRequest);
  const dealer = caller.organisation.index;
  const board = new KeyBoard(ctx);
  const session = await board.attempt(request.attempt);
  const existing = await ctx.table(tables.keyDeal).find(request.attempt, dealer);
  const hash = toHex(dealHash(request.deal));
  if (existing !== undefined && toHex(dealHash(existing.deal)) === hash) return existing;
  assertPhase(session, "deal");
  if (existing?.conflictHash !== undefined) return existing;
  if (session.excluded.includes(dealer))
    throw new LedgerError("KEY_DEALER_EXCLUDED", `member ${dealer} dealt badly before`);
  await assertGoodDeal(ctx, session, request.deal, dealer);
  const post: KeyDealDocument =
    existing === undefined
      ? { ...revisionAfter(), ...request, index: dealer }
      : { ...existing, ...revisionAfter(existing), conflictHash: hash };
  await ctx.table(tables.keyDeal).put(post, post.attempt, post.index);
  ctx.emit("key-dealt", subjectOf(post), post);
  return post;
}

async function assertGoodDeal(
  ctx: LedgerContext,
  session: KeySession,
  dealt: Deal,
  dealer: number,
): Promise<void> {
  const accepts = await new KeyBoard(ctx).accepts(session.attempt);
  if (!accepts.some((post) => post.index === dealer)) {
    throw new LedgerError("KEY_ACCEPT_MISSING", `member ${dealer} did not accept this attempt`);
  }
  try {
    checkDeal(protocolSession(ctx.network, session), dealer, dealt, accepts);
  } catch (error) {
    if (!(error instanceof DealError)) throw error;
    throw new LedgerError("DEAL_INVALID", `${error.code}, ${error.message}`, { cause: error });
  }
}

/** Decides between dealer and accuser from what the accuser reveals. A guilty dealer ends the attempt and deals no more. */
export async function accuse(ctx: LedgerContext, caller: Caller, argument: string): Promise<KeySession> {
  const request = documentArgument(argument, accusationRequest);
  const { attempt, ...accusation } = request;
  assertIndex(caller, accusation.accuser);
  const board = new KeyBoard(ctx);
  const session = await board.attempt(attempt);
  if (session.aborted?.dealer === accusation.dealer && session.aborted.accuser === accusation.accuser)
    return session;
  assertPhase(session, "deal", "confirm");
  const dealt = required(
    await ctx.table(tables.keyDeal).find(attempt, accusation.dealer),
    "DEAL_MISSING",
    "there is no such deal",
  );
  const accepted = await ctx.table(tables.keyAccept).find(attempt, accusation.accuser);
  const { encryptionKey } = required(
    accepted,
    "KEY_ACCEPT_MISSING",
    "the accuser did not accept this attempt",
  );
  const named = protocolSession(ctx.network, session);
  if (decideAccusation(named, dealt.deal, decodeAccusation(accusation), encryptionKey) === "accuser-wrong") {
    throw new LedgerError(
      "ACCUSATION_FALSE",
      `the accusation does not show that member ${accusation.dealer} dealt badly`,
    );
  }
  const { dealer, accuser } = accusation;
  const aborted: KeySession = {
    ...session,
    ...revisionAfter(session),
    phase: "aborted",
    aborted: { reason: "accused", dealer, accuser },
  };
  await board.save(aborted);
  ctx.emit("key-aborted", String(attempt), aborted);
  return aborted;
}

export async function confirm(ctx: LedgerContext, caller: Caller, argument: string): Promise<KeyConfirm> {
  const request = documentArgument(argument, keyConfirmRequest);
  assertIndex(caller, request.index);
  const session = await new KeyBoard(ctx).attempt(request.attempt);
  const post: KeyConfirm = { ...revisionAfter(), ...request };
  const existing = await ctx.table(tables.keyConfirm).find(request.attempt, request.index);
  if (existing !== undefined && canonicalString(existing) === canonicalString(post)) return existing;
  assertPhase(session, "confirm");
  verifyConfirmation(ctx.network, await recordOf(ctx, request.attempt), request, bls);
  await ctx.table(tables.keyConfirm).put(post, post.attempt, post.index);
  ctx.emit("key-confirmed", subjectOf(post), post);
  return post;
}

/** A member vouches for the record, now that no accusation can end the attempt any more. */
export async function signRecord(
  ctx: LedgerContext,
  caller: Caller,
  argument: string,
): Promise<KeySignature> {
  const request = documentArgument(argument, keySignatureRequest);
  assertIndex(caller, request.index);
  const session = await new KeyBoard(ctx).attempt(request.attempt);
  const post: KeySignature = { ...revisionAfter(), ...request };
  const existing = await ctx.table(tables.keySignature).find(request.attempt, request.index);
  if (existing !== undefined && canonicalString(existing) === canonicalString(post)) return existing;
  assertPhase(session, "sign");
  verifyRecordSignature(ctx.network, await recordOf(ctx, request.attempt), request);
  await ctx.table(tables.keySignature).put(post, post.attempt, post.index);
  ctx.emit("key-signed", subjectOf(post), post);
  return post;
}

/** Brings the key into force, with the signatures that tie its record to genesis. */
export async function activate(ctx: LedgerContext, attempt: number): Promise<KeySession> {
  const board = new KeyBoard(ctx);
  const session = await board.attempt(attempt);
  if (session.phase === "active") return session;
  assertPhase(session, "sign");
  const signatures = (await board.signatures(attempt)).map(({ index, signature }) => ({ index, signature }));
  const needed = sufficient(ctx.network);
  if (signatures.length < needed)
    throw new LedgerError("KEY_SIGNATURES_MISSING", `${signatures.length} of ${needed} members signed`);
  const record = await recordOf(ctx, attempt);
  const { keyEpoch, groupKey } = record;
  await ctx.table(tables.epoch).put({ ...revisionAfter(), epoch: { record, signatures } }, keyEpoch);
  await ctx.table(tables.epochHead).put({ ...revisionAfter(), keyEpoch, groupKey }, ONLY);
  const active: KeySession = { ...session, ...revisionAfter(session), phase: "active" };
  await board.save(active);
  ctx.emit("key-activated", String(keyEpoch), active);
  return active;
}

async function recordOf(ctx: LedgerContext, attempt: number): Promise<EpochRecord> {
  const stored = await ctx.table(tables.keyRecord).find(attempt);
  return required(stored, "KEY_PHASE", "the record is not made yet").record;
}
