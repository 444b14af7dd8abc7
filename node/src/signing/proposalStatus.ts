import { alertIdOf, type AlertStatement } from "@comity/protocol";
import { expiryOf, hasDecided, type Phase, type Session } from "./session.ts";

/** An open proposal as the console shows it. */
export interface ProposalStatus {
  readonly digest: string;
  readonly alertId: string;
  readonly kind: string;
  readonly keyEpoch: number;
  readonly subject: AlertStatement["subject"];
  readonly window: AlertStatement["window"];
  readonly ledger: AlertStatement["ledger"];
  readonly proposer: number;
  readonly expiresAtMs: number;
  readonly phase: Phase;
  /** How many members must sign. */
  readonly needed: number;
  readonly signed: readonly number[];
  readonly refused: readonly { readonly memberIndex: number; readonly reason: string }[];
  readonly missing: readonly number[];
}

export function proposalStatus(session: Session, memberCount: number): ProposalStatus {
  const { proposal } = session;
  const all = Array.from({ length: memberCount }, (_, i) => i + 1);
  return {
    digest: session.digest,
    alertId: alertIdOf(proposal.statement),
    kind: proposal.kind,
    keyEpoch: proposal.keyEpoch,
    subject: proposal.statement.subject,
    window: proposal.statement.window,
    ledger: proposal.statement.ledger,
    proposer: proposal.memberIndex,
    expiresAtMs: expiryOf(session),
    phase: session.phase,
    needed: session.threshold,
    signed: [...session.partials.keys()].sort((a, b) => a - b),
    refused: [...session.refusals]
      .map(([memberIndex, { decision }]) => ({ memberIndex, reason: decision.reason }))
      .sort((a, b) => a.memberIndex - b.memberIndex),
    missing: all.filter((index) => !hasDecided(session, index)),
  };
}

type Waiting = Pick<ProposalStatus, "phase" | "needed" | "signed" | "missing">;

/** One sentence: what a proposal waits for. */
export function waitsFor(status: Waiting, nameOf: (memberIndex: number) => string): string {
  if (status.phase === "complete") return "the ledger to show the alert";
  if (status.phase !== "collecting") return "nothing: it is closed";
  const more = status.needed - status.signed.length;
  if (more <= 0) return "its partial signatures to be combined";
  return `${more} more of ${status.missing.map(nameOf).join(", ")} to sign: ${status.signed.length} of ${status.needed} have`;
}
