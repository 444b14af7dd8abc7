import { faultBound, type KeySessionView } from "@comity/protocol";
import type { Deal } from "@comity/threshold";

export type Board = KeySessionView<Deal>;

/** What this member has on its own disk, and what it has found out about the deals on the board. */
export interface OwnKey {
  /** For this attempt. */
  readonly secrets: { readonly encryptionKey: string; readonly hasDeal: boolean } | undefined;
  readonly openings: ReadonlyMap<number, "good" | "bad">;
  /** Whether the share of the key that the board's record describes is on disk. */
  readonly hasShare: boolean;
}

export interface KeyFacts {
  readonly index: number;
  readonly memberCount: number;
  readonly nowMs: number;
  /** Since when the board has looked as it does now. */
  readonly sinceMs: number;
  /** How long a phase stays open for members that are late. */
  readonly windowMs: number;
  /** How long each member waits for the one before it to do what any of them can. */
  readonly staggerMs: number;
  /** How long to wait for the nodes of all members before the first attempt. */
  readonly patienceMs: number;
  readonly isEverybodyRegistered: boolean;
}

export type ClosingPhase = "accept" | "deal" | "confirm";

/** One thing to do next. Each may be done again after a crash: what is sent is first on disk, and the ledger takes repeats. */
export type KeyAction =
  | { readonly do: "propose"; readonly attempt: number }
  | {
      readonly do:
        | "prepare-accept"
        | "send-accept"
        | "prepare-deal"
        | "send-deal"
        | "assemble"
        | "confirm"
        | "sign"
        | "activate";
    }
  | { readonly do: "open" | "accuse"; readonly dealer: number }
  | { readonly do: "close"; readonly phase: ClosingPhase }
  | { readonly do: "wait"; readonly untilMs?: number }
  | { readonly do: "done"; readonly holdsShare: boolean };

/** The next action of a member in the generation of a key, as `cosigning` on the ledger's board stands. */
export function nextAction(board: Board, own: OwnKey, facts: KeyFacts): KeyAction {
  switch (board.phase) {
    case "none":
    case "aborted":
      return opening(board, facts);
    case "accept":
      return accepting(board, own, facts);
    case "deal":
      return dealing(board, own, facts);
    case "confirm":
      return confirming(board, own, facts);
    case "sign":
      return signing(board, facts);
    case "active":
      return ending(board, own, facts);
  }
}

/** The next attempt. The first one waits for all members, because who comes too late for it holds no share. */
function opening(board: Board, facts: KeyFacts): KeyAction {
  const isWaited = board.phase === "aborted" || facts.isEverybodyRegistered;
  const dueMs = turnMs(facts) + (isWaited ? 0 : facts.patienceMs);
  return facts.nowMs >= dueMs
    ? { do: "propose", attempt: board.attempt + 1 }
    : { do: "wait", untilMs: dueMs };
}

function accepting(board: Board, own: OwnKey, facts: KeyFacts): KeyAction {
  if (!board.accepts.some(({ index }) => index === facts.index)) {
    return { do: own.secrets ? "send-accept" : "prepare-accept" };
  }
  return closing(board, "accept", board.accepts.length === facts.memberCount, facts);
}

function dealing(board: Board, own: OwnKey, facts: KeyFacts): KeyAction {
  const hasDealt = board.deals.some(({ index }) => index === facts.index);
  if (canOpen(board, own, facts) && !board.excluded.includes(facts.index) && !hasDealt) {
    return { do: own.secrets?.hasDeal === true ? "send-deal" : "prepare-deal" };
  }
  const dealt = board.deals
    .filter(({ conflictHash }) => conflictHash === undefined)
    .map(({ index }) => index);
  const conflicting = board.deals
    .filter(({ conflictHash }) => conflictHash !== undefined)
    .map(({ index }) => index);
  const dealers = board.accepts
    .map(({ index }) => index)
    .filter((index) => ![...board.excluded, ...board.disqualified, ...conflicting].includes(index));
  const isComplete = dealers.every((index) => dealt.includes(index));
  return examining(board, own, facts, dealt) ?? closing(board, "deal", isComplete, facts);
}

function confirming(board: Board, own: OwnKey, facts: KeyFacts): KeyAction {
  const mine = examining(board, own, facts, board.qualified);
  if (mine) return mine;
  if (canOpen(board, own, facts) && !own.hasShare) return { do: "assemble" };
  const hasConfirmed = board.confirms.some(({ index }) => index === facts.index);
  if (own.hasShare && !hasConfirmed) return { do: "confirm" };
  // Until the window is over a member may still prove its dealer guilty.
  return closing(board, "confirm", board.confirms.length === board.accepts.length, facts);
}

/** Nothing ends the attempt any more: only now a member vouches for the record. Who is late is waited for a moment, not for a window. */
function signing(board: Board, facts: KeyFacts): KeyAction {
  const { memberCount, staggerMs } = facts;
  if (!board.signatures.some(({ index }) => index === facts.index)) return { do: "sign" };
  const missing = memberCount - board.signatures.length;
  if (missing > faultBound(memberCount)) return { do: "wait" };
  const dueMs = turnMs(facts) + (missing === 0 ? 0 : staggerMs);
  return facts.nowMs >= dueMs ? { do: "activate" } : { do: "wait", untilMs: dueMs };
}

/** A member that confirmed too late can still take up its share. */
function ending(board: Board, own: OwnKey, facts: KeyFacts): KeyAction {
  if (own.hasShare || !canOpen(board, own, facts)) return { do: "done", holdsShare: own.hasShare };
  const unopened = board.qualified.find((dealer) => !own.openings.has(dealer));
  if (unopened !== undefined) return { do: "open", dealer: unopened };
  const isGood = board.qualified.every((dealer) => own.openings.get(dealer) === "good");
  return isGood ? { do: "assemble" } : { do: "done", holdsShare: false };
}

/** Opens deals one by one; a bad one ends the attempt. */
function examining(
  board: Board,
  own: OwnKey,
  facts: KeyFacts,
  dealers: readonly number[],
): KeyAction | undefined {
  if (!canOpen(board, own, facts)) return undefined;
  const bad = dealers.find((dealer) => own.openings.get(dealer) === "bad");
  if (bad !== undefined) return { do: "accuse", dealer: bad };
  const unopened = dealers.find((dealer) => !own.openings.has(dealer));
  return unopened === undefined ? undefined : { do: "open", dealer: unopened };
}

/** Whether the key that this member accepted with is on the board and its secret is still here. */
function canOpen(board: Board, own: OwnKey, { index }: KeyFacts): boolean {
  const accepted = board.accepts.find((accept) => accept.index === index);
  return accepted !== undefined && own.secrets?.encryptionKey === accepted.encryptionKey;
}

/** A complete phase is closed by whose turn it is; an incomplete one by everybody's vote once its window is over. */
function closing(board: Board, phase: ClosingPhase, isComplete: boolean, facts: KeyFacts): KeyAction {
  if (!isComplete && board.closedVotes.includes(facts.index)) return { do: "wait" };
  const dueMs = isComplete ? turnMs(facts) : board.phaseOpenedMs + facts.windowMs;
  return facts.nowMs >= dueMs ? { do: "close", phase } : { do: "wait", untilMs: dueMs };
}

/** When it is this member's turn to do what one of all must: the lowest index first. */
function turnMs({ index, sinceMs, staggerMs }: KeyFacts): number {
  return sinceMs + (index - 1) * staggerMs;
}
