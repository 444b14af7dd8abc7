import { quorumOf } from "../genesis.ts";
import type { VenueDocument } from "./designation.ts";

/** A vote on a case, open or over. */
export type Ballot = NonNullable<VenueDocument["ballot"]>;

/** Approvals that it takes: a quorum designates, more than half delist. */
export function approvalsNeeded({ question, electorate }: Pick<Ballot, "question" | "electorate">): number {
  return question === "designate" ? quorumOf(electorate) : Math.floor(electorate / 2) + 1;
}

export type BallotOutcome = "open" | "approved" | "refused";

/**
 * What the votes come to. It is refused once so many refuse that the approvals needed can no longer be reached; both cannot happen in one
 * vote, so the order in which members vote does not matter.
 */
export function ballotOutcome(ballot: Pick<Ballot, "question" | "electorate" | "votes">): BallotOutcome {
  const needed = approvalsNeeded(ballot);
  const approvals = ballot.votes.filter(({ decision }) => decision === "approve").length;
  if (approvals >= needed) return "approved";
  return ballot.votes.length - approvals > ballot.electorate - needed ? "refused" : "open";
}
