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
  readonly network: string;
  readonly mode: string;
  readonly height: string;
  readonly missing: readonly string[];
  readonly decisions: readonly WaitingDecision[];
  readonly alerts: readonly OfficerAlert[];
  readonly proposals: readonly ConsoleProposal[];
  /** How many tips this node keeps, and how many of them ask for an opening; never what they say. */
  readonly tips: { readonly kept: number; readonly hours: number };
  readonly peers: readonly ConsolePeer[];
  readonly logs: readonly ConsoleLog[];
  /** False where the node was given no officer's certificate: then it only shows. */
  readonly canDecide: boolean;
}
