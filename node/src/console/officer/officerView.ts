import type { ConsoleLog, ConsolePeer, ConsoleProposal } from "../consoleSources.ts";

/** Something that this member has not said yet, with the exact proposal. */
export interface WaitingDecision {
  readonly id: string;
  /** What the officer is asked, as one question. */
  readonly question: string;
  readonly facts: readonly Fact[];
  /** What other members have said. */
  readonly votes: readonly { readonly member: string; readonly decision: string; readonly reason: string }[];
  /** The revision that the officer reads here: a decision about another one is refused. */
  readonly openedRev: number;
}

/** A tip that another member's case officer asks this member's to open with it. */
export interface WaitingOpening {
  readonly cellHash: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** The day, policy time. */
  readonly requested: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface OfficerAlert {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  /** Why the coalition says so, in sentences. */
  readonly explanation: readonly string[];
}

/** All that the page shows, at one moment. */
export interface OfficerView {
  readonly member: string;
  readonly memberId: string;
  readonly network: string;
  readonly mode: string;
  readonly height: string;
  readonly missing: readonly string[];
  readonly decisions: readonly WaitingDecision[];
  readonly openings: readonly WaitingOpening[];
  /** False where there may be more. */
  readonly areAllOpenings: boolean;
  readonly alerts: readonly OfficerAlert[];
  readonly proposals: readonly ConsoleProposal[];
  /** How many sealed tips this node keeps, and of how many hours. */
  readonly tips: { readonly kept: number; readonly hours: number };
  readonly peers: readonly ConsolePeer[];
  readonly logs: readonly ConsoleLog[];
  /** False where the node was given no officer's certificate: then it only shows. */
  readonly canDecide: boolean;
}
