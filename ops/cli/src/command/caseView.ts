import { approvalsNeeded, type Ballot, type VenueDocument } from "@comity/protocol";

/** Members' names by their ids. */
export type Names = (memberId: string) => string;

/** A case as people read it. */
export function caseLines(venue: VenueDocument, nameOf: Names): string[] {
  const { schema, name, country } = venue.venue;
  return [
    `${name} (${schema}, ${country}) is ${venue.status}. Case ${venue.venueId}, revision ${venue.rev}.`,
    `  Nominated by ${nameOf(venue.nominatedBy)} on ${policyDay(venue.nominatedMs)}.`,
    `  Legal basis: ${venue.legalBasis}`,
    `  Reasons: ${venue.reasons}`,
    ...venue.evidence.map((hash) => `  Evidence: SHA-256 ${hash}`),
    ...serviceLines(venue),
    ...(venue.ballot === null ? [] : ballotLines(venue.ballot, nameOf)),
    ...listingLines(venue),
  ];
}

function serviceLines({ served, response }: VenueDocument): string[] {
  if (served === null) return ["  Its notice has not been served yet."];
  const answered =
    response === null ? "It has not responded." : `It responded on ${policyDay(response.respondedMs)}.`;
  const { servedMs, respondByMs } = served;
  return [
    `  Notice served on ${policyDay(servedMs)}; it may respond until ${policyDay(respondByMs)}. ${answered}`,
  ];
}

export function ballotLines(ballot: Ballot, nameOf: Names): string[] {
  const { question, openedBy, openedMs, openedRev, reason, votes, electorate } = ballot;
  const approvals = votes.filter(({ decision }) => decision === "approve").length;
  return [
    `  Vote to ${question}, opened by ${nameOf(openedBy)} on ${policyDay(openedMs)} at revision ${openedRev}: ${reason}`,
    `    ${approvals} of ${approvalsNeeded(ballot)} approvals needed; ${votes.length} of ${electorate} members have voted.`,
    ...votes.map((vote) => `    ${nameOf(vote.memberId)}: ${vote.decision}, "${vote.reason}"`),
  ];
}

function listingLines({ listing, delisting }: VenueDocument): string[] {
  if (listing === null) return [];
  const { listedMs, reviewMs, expiresMs } = listing;
  const dates = `under review from ${policyDay(reviewMs)}, ends on ${policyDay(expiresMs)}`;
  return [
    `  Listed on ${policyDay(listedMs)} with the coalition's signature; ${dates}.`,
    ...(delisting === null ? [] : [`  Delisted on ${policyDay(delisting.delistedMs)}: ${delisting.reason}`]),
  ];
}

export function policyDay(policyMs: number): string {
  return new Date(policyMs).toISOString().slice(0, 10);
}
