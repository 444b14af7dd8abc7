import {
  addMonths,
  type Ballot,
  ballotOutcome,
  canonicalString,
  DAY_MS,
  figure,
  type Genesis,
  type MemberId,
  type NominationRequest,
  type VenueDocument,
  type VenueStatus,
  type VoteRequest,
} from "@comity/protocol";
import type { TransactionTime } from "../ledger/ledgerContext.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

export type CaseAction = "serve" | "respond" | "designate" | "delist" | "vote" | "publish";

/**
 * What may be done to a case, and what it may then be. `designate` and `delist` open a vote; the vote that settles it moves the case on; what
 * was decided is public once the coalition has signed it.
 */
export const caseTransitions: {
  readonly [S in VenueStatus]: Readonly<Partial<Record<CaseAction, readonly VenueStatus[]>>>;
} = {
  nominated: { serve: ["served"] },
  served: { respond: ["served"], designate: ["voting"] },
  voting: { vote: ["voting", "designated", "rejected"] },
  designated: { publish: ["listed"] },
  rejected: {},
  listed: { delist: ["delisting"] },
  delisting: { vote: ["delisting", "delisting-decided", "listed"] },
  "delisting-decided": { publish: ["delisted"] },
  delisted: {},
};

/** Who acts, when, and by which figures. */
export interface CaseCircumstances {
  readonly genesis: Genesis;
  readonly time: Pick<TransactionTime, "policyMs">;
  /** The member whose officer acts. */
  readonly memberId: MemberId;
  /** Policy time of its admission; undefined for a founder. */
  readonly admittedMs?: number | undefined;
}

/** What a vote is opened under. */
export interface OpeningCircumstances extends CaseCircumstances {
  /** How many members are active now. */
  readonly electorate: number;
}

export function nominate(request: NominationRequest, { time, memberId }: CaseCircumstances): VenueDocument {
  const times = { nominatedMs: time.policyMs, changedMs: time.policyMs };
  const nothingYet = { served: null, response: null, ballot: null, listing: null, delisting: null };
  return {
    ...revisionAfter(),
    ...request,
    nominatedBy: memberId,
    status: "nominated",
    ...nothingYet,
    ...times,
  };
}

/** Whether a nomination repeats the one that made the case, word for word and of the same member. */
export function isSameNomination(
  request: NominationRequest,
  memberId: MemberId,
  { venueId, venue, legalBasis, reasons, evidence, nominatedBy }: VenueDocument,
): boolean {
  const original = { venueId, venue, legalBasis, reasons, evidence };
  return nominatedBy === memberId && canonicalString(request) === canonicalString(original);
}

/** The notice has reached the venue: from now on it may respond. Undefined where just this is on record. */
export function serve(
  venue: VenueDocument,
  proofHash: string,
  circumstances: CaseCircumstances,
): VenueDocument | undefined {
  if (venue.served?.proofHash === proofHash) return undefined;
  assertAllowed(venue, "serve");
  const { policyMs: servedMs } = circumstances.time;
  const respondByMs = servedMs + Number(figure(circumstances.genesis, "responseDays")) * DAY_MS;
  return changed(venue, circumstances, { status: "served", served: { proofHash, servedMs, respondByMs } });
}

/** What the venue answered; heard until the vote opens, late or not. Undefined where just this is on record. */
export function respond(
  venue: VenueDocument,
  hash: string,
  circumstances: CaseCircumstances,
): VenueDocument | undefined {
  if (venue.response?.hash === hash) return undefined;
  assertAllowed(venue, "respond");
  if (venue.response !== null)
    throw new LedgerError("VENUE_STATE", "another response of this venue is on record");
  return changed(venue, circumstances, { response: { hash, respondedMs: circumstances.time.policyMs } });
}

export interface VoteOpening {
  readonly question: Ballot["question"];
  readonly reason: string;
}

/** Opens a vote of all members that are active now. Undefined where the member has opened just this one already. */
export function openVote(
  venue: VenueDocument,
  { question, reason }: VoteOpening,
  circumstances: OpeningCircumstances,
): VenueDocument | undefined {
  if (isRepeatedOpening(venue, { question, reason }, circumstances.memberId)) return undefined;
  assertAllowed(venue, question);
  const { electorate, time, memberId } = circumstances;
  if (question === "designate" && !mayBeVotedOn(venue, time.policyMs))
    throw new LedgerError("VENUE_CLOCK", "the venue has not responded, and it still has time to");
  const opened = { openedBy: memberId, openedRev: venue.rev + 1, openedMs: time.policyMs };
  const ballot = { question, reason, ...opened, electorate, votes: [] };
  return changed(venue, circumstances, { status: question === "designate" ? "voting" : "delisting", ballot });
}

/** There is one vote to designate a case; one to delist it may be asked for again once the last was refused. */
function isRepeatedOpening(
  { status, ballot }: VenueDocument,
  { question, reason }: VoteOpening,
  memberId: MemberId,
): boolean {
  const isSame = ballot?.question === question && ballot.reason === reason && ballot.openedBy === memberId;
  return isSame && !(question === "delist" && status === "listed");
}

function mayBeVotedOn({ served, response }: VenueDocument, nowMs: number): boolean {
  return response !== null || (served !== null && nowMs >= served.respondByMs);
}

/** A member's one vote; the last that is needed, for or against, settles it. Undefined where the member has voted just so. */
export function castVote(
  venue: VenueDocument,
  { openedRev, decision, reason }: VoteRequest,
  circumstances: CaseCircumstances,
): VenueDocument | undefined {
  const { memberId, admittedMs, time } = circumstances;
  const { ballot } = venue;
  if (ballot === null) throw new LedgerError("VENUE_STATE", "no vote on this case has been opened");
  if (ballot.openedRev !== openedRev)
    throw new LedgerError(
      "VOTE_REVISION",
      `the vote is on revision ${ballot.openedRev}, not on ${openedRev}`,
    );
  const own = ballot.votes.find((vote) => vote.memberId === memberId);
  if (own?.decision === decision && own.reason === reason) return undefined;
  if (own !== undefined)
    throw new LedgerError("VOTE_EXISTS", `${memberId} has voted to ${own.decision} already`);
  assertAllowed(venue, "vote");
  // It is not among the members that were counted.
  if (admittedMs !== undefined && admittedMs > ballot.openedMs)
    throw new LedgerError("VOTE_ELECTORATE", `${memberId} joined after this vote was opened`);
  const votes = [...ballot.votes, { memberId, decision, reason, votedMs: time.policyMs }];
  const voted = { ...ballot, votes };
  return changed(venue, circumstances, { status: statusAfter(voted), ballot: voted });
}

const outcomes = {
  designate: { open: "voting", approved: "designated", refused: "rejected" },
  delist: { open: "delisting", approved: "delisting-decided", refused: "listed" },
} as const;

function statusAfter(ballot: Ballot): VenueStatus {
  return outcomes[ballot.question][ballotOutcome(ballot)];
}

/** What the coalition's signature makes of a decided case: it is public from now on, or no longer in force. */
export function publish(
  venue: VenueDocument,
  signed: NonNullable<VenueDocument["listing"]>["signed"],
  circumstances: Omit<CaseCircumstances, "memberId">,
): VenueDocument {
  assertAllowed(venue, "publish");
  const { genesis, time } = circumstances;
  const { policyMs: nowMs } = time;
  if (venue.status !== "designated") {
    const delisting = { delistedMs: nowMs, reason: venue.ballot?.reason ?? "", signed };
    return changed(venue, circumstances, { status: "delisted", delisting });
  }
  const months = (name: "listingReviewMonths" | "listingExpiryMonths"): number =>
    addMonths(nowMs, Number(figure(genesis, name)));
  const dates = { reviewMs: months("listingReviewMonths"), expiresMs: months("listingExpiryMonths") };
  return changed(venue, circumstances, { status: "listed", listing: { listedMs: nowMs, ...dates, signed } });
}

function assertAllowed({ status }: VenueDocument, action: CaseAction): void {
  if (caseTransitions[status][action] === undefined)
    throw new LedgerError("VENUE_STATE", `a case that is ${status} does not allow: ${action}`);
}

function changed(
  venue: VenueDocument,
  { time }: Pick<CaseCircumstances, "time">,
  changes: Partial<VenueDocument>,
): VenueDocument {
  return { ...venue, ...changes, ...revisionAfter(venue), changedMs: time.policyMs };
}
