import type { PartialMessage, ProposalMessage, RefusalMessage } from "@comity/protocol";

interface Base {
  /** Hex digest of what is to be signed; names the session. */
  readonly digest: string;
  /** As it was proposed first: it counts against that member's limit, whoever proposes it again. */
  readonly proposal: ProposalMessage;
  /** As it was proposed to live longest, which is what others are told. */
  readonly renewal: ProposalMessage;
  /** However often it is proposed, it is open no longer than a proposal may live. Real ms. */
  readonly latestMs: number;
  /** How many members must sign. */
  readonly threshold: number;
  /** With so many refusals the threshold is out of reach even if f of them were not meant: n − t + f + 1. */
  readonly refusalsToClose: number;
  /** Verified messages by member index. A member's first decision stands. */
  readonly partials: ReadonlyMap<number, PartialMessage>;
  readonly refusals: ReadonlyMap<number, RefusalMessage>;
}

/** Members are still making up their minds, or are away. */
export type CollectingSession = Base & { readonly phase: "collecting" };
/** The coalition has signed; the signature stands whatever comes later. */
export type CompleteSession = Base & { readonly phase: "complete"; readonly signature: string };
/** Too many members refused. The subject may be proposed anew. */
export type RefusedSession = Base & { readonly phase: "refused" };
/** Time ran out. The subject may be proposed anew. */
export type ExpiredSession = Base & { readonly phase: "expired" };

export type Session = CollectingSession | CompleteSession | RefusedSession | ExpiredSession;
export type Phase = Session["phase"];

export type SessionEvent =
  | { readonly type: "partial"; readonly message: PartialMessage }
  | { readonly type: "refusal"; readonly message: RefusalMessage }
  | { readonly type: "signature"; readonly signature: string }
  /** The same statement proposed again, to be open for longer. */
  | { readonly type: "proposal"; readonly message: ProposalMessage }
  | { readonly type: "tick" };

/** A proposal that lives longer by less changes nothing. Real ms. */
const LEAST_PROLONGATION_MS = 10_000;

/** The legal changes of phase: everything but collecting is the end. */
export const nextPhases: Readonly<Record<Phase, readonly Phase[]>> = {
  collecting: ["collecting", "complete", "refused", "expired"],
  complete: ["complete"],
  refused: ["refused"],
  expired: ["expired"],
};

/** What a session becomes by an event at a time (real, ms). Never throws; events that do not belong leave it as it is. */
export function step(session: Session, event: SessionEvent, now: number): Session {
  if (session.phase !== "collecting") return session;
  if (event.type === "signature") return complete(session, event.signature);
  if (event.type === "proposal")
    return prolongs(session, event.message) ? { ...session, renewal: event.message } : session;
  const next = event.type === "tick" ? session : withDecision(session, event);
  if (next.refusals.size >= next.refusalsToClose) return { ...next, phase: "refused" };
  return now >= expiryOf(next) ? { ...next, phase: "expired" } : next;
}

/** When it is over, real ms. */
export function expiryOf({ renewal, latestMs }: Pick<Session, "renewal" | "latestMs">): number {
  return Math.min(renewal.expiresAtMs, latestMs);
}

/**
 * Whoever proposes a statement first must not decide when it is over: a member could propose others' statements for a moment only.
 * Nor may anybody keep it open for ever, since what is open keeps others from proposing.
 */
export function prolongs(session: Session, message: ProposalMessage): boolean {
  const renewed = expiryOf({ ...session, renewal: message });
  return session.phase === "collecting" && renewed >= expiryOf(session) + LEAST_PROLONGATION_MS;
}

/** Enough partial signatures are there to combine. */
export function isReady(session: Session): session is CollectingSession {
  return session.phase === "collecting" && session.partials.size >= session.threshold;
}

export function hasDecided(session: Session, memberIndex: number): boolean {
  return session.partials.has(memberIndex) || session.refusals.has(memberIndex);
}

function complete(session: CollectingSession, signature: string): Session {
  return isReady(session) ? { ...session, phase: "complete", signature } : session;
}

function withDecision(
  session: CollectingSession,
  event: Extract<SessionEvent, { type: "partial" | "refusal" }>,
): CollectingSession {
  const { decision, digest } = event.message;
  if (digest !== session.digest || hasDecided(session, decision.memberIndex)) return session;
  return event.type === "partial"
    ? { ...session, partials: new Map([...session.partials, [decision.memberIndex, event.message]]) }
    : { ...session, refusals: new Map([...session.refusals, [decision.memberIndex, event.message]]) };
}
