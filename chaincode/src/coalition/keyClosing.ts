import type { EpochRecord, KeyAccept, KeyPhase, KeySession } from "@comity/protocol";
import type { KeyDealDocument } from "../ledger/keyDocuments.ts";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import type { Network } from "../ledger/network.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";
import { tables } from "../ledger/tables.ts";
import { assertPhase, KeyBoard } from "./keyBoard.ts";
import { type ClosingFacts, type ClosingPhase, closingOutcome, isPast, outcomeOf } from "./keyRules.ts";

const closing: readonly ClosingPhase[] = ["accept", "deal", "confirm"];

export function closingPhase(argument: string): ClosingPhase {
  const phase = closing.find((known) => known === argument);
  if (phase === undefined)
    throw new LedgerError("ARGUMENT_INVALID", `the phase must be one of ${closing.join(", ")}`);
  return phase;
}

/** A member's vote to close a phase, or its closing where the phase is complete or the votes suffice. */
export async function closePhase(
  ctx: LedgerContext,
  voter: number,
  attempt: number,
  phase: ClosingPhase,
): Promise<KeySession> {
  const board = new KeyBoard(ctx);
  const session = await board.attempt(attempt);
  if (isPast(session, phase)) return session;
  assertPhase(session, phase);
  const { realMs: nowMs } = await ctx.time();
  const posts = await postsOf(board, session, phase);
  const votes = await board.votes(attempt, phase);
  const isRepeated = votes.some(({ index }) => index === voter);
  const facts = { phase, ...posts.count, votes: votes.length + (isRepeated ? 0 : 1), nowMs };
  const verdict = verdictOf(session, ctx.network, posts, facts);
  if (verdict.outcome === "vote") {
    const vote = { ...revisionAfter(), attempt, index: voter, phase };
    if (!isRepeated) await ctx.table(tables.keyVote).put(vote, attempt, phase, voter);
    return session;
  }
  const { disqualified } = posts;
  const moved = { ...session, ...revisionAfter(session), phaseOpenedMs: nowMs, disqualified };
  if (verdict.outcome === "short") return giveUp(ctx, moved, verdict.shareless);
  if (verdict.record === undefined)
    return close(ctx, { ...moved, phase: phase === "accept" ? "deal" : "sign" });
  return closeDeals(ctx, moved, posts.qualified, verdict.record);
}

interface Verdict {
  readonly outcome: ReturnType<typeof closingOutcome>;
  /** What there is to confirm, where the deal phase closes. */
  readonly record?: EpochRecord;
  readonly shareless: readonly number[];
}

/**
 * Deals that leave a member without a share count for nothing. Until the window is over their dealers can be accused; if nobody finds them
 * bad, the loss is that member's own doing.
 */
function verdictOf(session: KeySession, network: Network, posts: Posts, facts: ClosingFacts): Verdict {
  const outcome = closingOutcome(session, network, facts);
  if (facts.phase !== "deal" || outcome !== "close") return { outcome, shareless: [] };
  const made = outcomeOf(network, session, posts.accepts, posts.qualified);
  if ("record" in made) return { outcome, record: made.record, shareless: [] };
  return { outcome: closingOutcome(session, network, { ...facts, present: 0 }), shareless: made.shareless };
}

interface Posts {
  readonly count: { readonly present: number; readonly expected: number };
  readonly accepts: readonly KeyAccept[];
  /** Deals whose dealers dealt once. */
  readonly qualified: readonly KeyDealDocument[];
  readonly disqualified: readonly number[];
}

async function postsOf(board: KeyBoard, session: KeySession, phase: ClosingPhase): Promise<Posts> {
  const none = { accepts: [], qualified: [], disqualified: session.disqualified };
  const accepts = await board.accepts(session.attempt);
  if (phase === "accept") return { ...none, count: { present: accepts.length, expected: board.size } };
  if (phase === "confirm") {
    return {
      ...none,
      count: { present: (await board.confirms(session.attempt)).length, expected: accepts.length },
    };
  }
  const deals = await board.deals(session.attempt);
  const qualified = deals.filter(({ conflictHash }) => conflictHash === undefined);
  const disqualified = deals
    .filter(({ conflictHash }) => conflictHash !== undefined)
    .map(({ index }) => index);
  const dealers = accepts.filter(
    ({ index }) => !session.excluded.includes(index) && !disqualified.includes(index),
  );
  return { accepts, qualified, disqualified, count: { present: qualified.length, expected: dealers.length } };
}

/** QUAL is what the ledger's order says it is: the deals that stand when the phase closes. */
async function closeDeals(
  ctx: LedgerContext,
  moved: KeySession,
  deals: readonly KeyDealDocument[],
  record: EpochRecord,
): Promise<KeySession> {
  const qualified = deals.map(({ index }) => index);
  const session: KeySession = { ...moved, phase: "confirm", qualified };
  await ctx
    .table(tables.keyRecord)
    .put({ ...revisionAfter(), attempt: session.attempt, record }, session.attempt);
  return close(ctx, session);
}

async function close(ctx: LedgerContext, session: KeySession): Promise<KeySession> {
  await new KeyBoard(ctx).save(session);
  ctx.emit("key-phase-closed", `${session.attempt}/${phaseBefore(session.phase)}`, session);
  return session;
}

function phaseBefore(phase: KeyPhase): ClosingPhase {
  if (phase === "sign") return "confirm";
  return phase === "deal" ? "accept" : "deal";
}

/** Ends an attempt. Members without a share are barred, or they could end every attempt so. */
async function giveUp(
  ctx: LedgerContext,
  moved: KeySession,
  shareless: readonly number[],
): Promise<KeySession> {
  const { attempt } = moved;
  const reason = shareless.length > 0 ? "shareless" : "short";
  const session: KeySession = { ...moved, phase: "aborted", aborted: { reason } };
  for (const index of shareless)
    await ctx.table(tables.keyBar).put({ ...revisionAfter(), attempt, index }, index);
  await new KeyBoard(ctx).save(session);
  ctx.emit("key-aborted", String(session.attempt), session);
  return session;
}
