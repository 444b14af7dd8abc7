import { canonicalString } from "./canonical.ts";
import { decidedRevisions, EntryBundleError } from "./entryBundle.ts";
import { ballotOutcome } from "./ledger/ballot.ts";
import { caseKind, caseStatement, isListed, type VenueDocument } from "./ledger/designation.ts";
import type { GroupSigned } from "./groupSignature.ts";

/** Whether the coalition has signed something, as far as the verifier's epoch records say. */
export type SignatureCheck = (signed: GroupSigned) => boolean;

/**
 * A listed case carries the coalition's own signature over what its members decided, and so does a delisted one over its end. `decided` are
 * the documents of just those moments, which the signatures name by their hashes.
 * @throws EntryBundleError ENTRY_CASE
 */
export function verifyCase(
  venue: VenueDocument,
  decided: readonly VenueDocument[],
  hasSigned: SignatureCheck,
): void {
  const { listing, delisting, status } = venue;
  if (listing === null || !isListed(venue) || (status === "delisted") !== (delisting !== null))
    refuse("the case's status is not what the coalition signed");
  const revisions = decidedRevisions(venue);
  if (canonicalString(decided.map(({ rev }) => rev)) !== canonicalString(revisions))
    refuse("the documents that the coalition's signatures name are not all there");
  const [atListing, atEnd] = decided;
  assertDecided(atListing, venue, { question: "designate", signed: listing.signed }, hasSigned);
  if (delisting === null) return;
  assertDecided(atEnd, venue, { question: "delist", signed: delisting.signed }, hasSigned);
  assertEnd(venue, atEnd);
}

/** The end is that of the same listing, for the reason that the members voted on. */
function assertEnd({ listing, delisting }: VenueDocument, atEnd: VenueDocument | undefined): void {
  const isSameListing = canonicalString(atEnd?.listing ?? null) === canonicalString(listing);
  if (!isSameListing || atEnd?.ballot?.reason !== delisting?.reason)
    refuse("the case was delisted in another way than the members decided");
}

interface Decision {
  readonly question: "designate" | "delist";
  readonly signed: { readonly keyEpoch: number; readonly signature: string };
}

const kinds = { designate: "designation", delist: "delisting" } as const;

function assertDecided(
  document: VenueDocument | undefined,
  venue: VenueDocument,
  { question, signed }: Decision,
  hasSigned: SignatureCheck,
): void {
  if (document === undefined || contentOf(document) !== contentOf(venue))
    refuse("the members voted on another case than this");
  if (!isApproved(document, question)) refuse(`the members did not vote to ${question} this case`);
  const statement = caseStatement(document);
  const kind = kinds[question];
  const isKind = statement !== undefined && caseKind(statement) === kind;
  if (!isKind || !hasSigned({ kind, ...signed, statement }))
    refuse(`the coalition's key did not sign the decision to ${question}`);
}

function isApproved({ ballot }: VenueDocument, question: Decision["question"]): boolean {
  return ballot?.question === question && ballotOutcome(ballot) === "approved";
}

/** What makes a case one and the same before and after it was decided. */
function contentOf(venue: VenueDocument): string {
  const { venueId, venue: subject, legalBasis, reasons, evidence, nominatedBy, nominatedMs } = venue;
  const nomination = { venueId, subject, legalBasis, reasons, evidence, nominatedBy, nominatedMs };
  const { served, response } = venue;
  return canonicalString({ ...nomination, served, response });
}

function refuse(why: string): never {
  throw new EntryBundleError("ENTRY_CASE", why);
}
