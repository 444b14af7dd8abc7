import { sha256, toHex } from "../bytes.ts";
import { encodeCanonical } from "../canonical.ts";
import { type Decoded, hex, integer, list, nullable, object, oneOf, optional, text } from "../decode.ts";
import { MAX_MEMBERS } from "../genesis.ts";
import { memberId, venueId } from "../ids.ts";
import { ledgerTime, phrase, revised } from "./shape.ts";

const countryCode = text(2, /^[a-z]{2}$/);

/** Who is designated. Words are those of FollowTheMoney. */
export const venue = object({
  schema: oneOf("Company", "Organization", "PublicBody"),
  name: phrase(160),
  aliases: list(phrase(160), 16),
  /** ISO 3166-1 alpha-2, lower case. */
  country: countryCode,
  address: optional(phrase(240)),
  registrationNumber: optional(phrase(64)),
  website: optional(text(200, /^https:\/\/[\x21-\x7e]+$/)),
});
export type Venue = Decoded<typeof venue>;

const nomination = {
  venueId,
  venue,
  legalBasis: phrase(400),
  reasons: phrase(2_000),
  /** SHA-256 of each document that the nomination rests on. */
  evidence: list(hex(32), 16, 1),
};
export const nominationRequest = object(nomination);
export type NominationRequest = Decoded<typeof nominationRequest>;

/**
 * nominated → served (its notice has reached the venue) → voting (the time to respond is over, or the venue has responded) → designated or
 * rejected → listed (the coalition has signed) → delisting (a vote to remove is open) → delisting-decided → delisted (signed again).
 */
export const venueStatuses = [
  "nominated",
  "served",
  "voting",
  "designated",
  "rejected",
  "listed",
  "delisting",
  "delisting-decided",
  "delisted",
] as const;
export type VenueStatus = (typeof venueStatuses)[number];

/** A member's one vote, cast by an officer of it; it is never changed. */
const vote = object({
  memberId,
  decision: oneOf("approve", "refuse"),
  reason: phrase(400),
  votedMs: ledgerTime,
});
export type Vote = Decoded<typeof vote>;

export const voteRequest = object({
  venueId,
  /** The revision that the officer has read: of the case when its vote opened. */
  openedRev: integer(1, Number.MAX_SAFE_INTEGER),
  decision: oneOf("approve", "refuse"),
  reason: phrase(400),
});
export type VoteRequest = Decoded<typeof voteRequest>;

/** The coalition's signature over what the ledger decided at `rev`. */
const signatureShape = {
  rev: integer(1, Number.MAX_SAFE_INTEGER),
  keyEpoch: integer(1, Number.MAX_SAFE_INTEGER),
  signature: hex(96),
};
const signature = object(signatureShape);

/** A case from nomination to the end. Times are policy time. */
export const venueDocument = object({
  ...revised,
  ...nomination,
  nominatedBy: memberId,
  nominatedMs: ledgerTime,
  status: oneOf(...venueStatuses),
  /** Its notice has reached the venue; `proofHash` is that of the proof of service. */
  served: nullable(object({ proofHash: hex(32), servedMs: ledgerTime, respondByMs: ledgerTime })),
  response: nullable(object({ hash: hex(32), respondedMs: ledgerTime })),
  /** The vote that is open, or the last one. */
  ballot: nullable(
    object({
      question: oneOf("designate", "delist"),
      /** Why the vote was asked for; for a designation that is the case's own reasons. */
      reason: phrase(400),
      openedBy: memberId,
      openedRev: integer(1, Number.MAX_SAFE_INTEGER),
      openedMs: ledgerTime,
      /** Members that were active when it opened; a quorum of them designates, more than half delist. */
      electorate: integer(4, MAX_MEMBERS),
      votes: list(vote, MAX_MEMBERS),
    }),
  ),
  listing: nullable(
    object({ listedMs: ledgerTime, reviewMs: ledgerTime, expiresMs: ledgerTime, signed: signature }),
  ),
  delisting: nullable(object({ delistedMs: ledgerTime, reason: phrase(400), signed: signature })),
  changedMs: ledgerTime,
});
export type VenueDocument = Decoded<typeof venueDocument>;

/** The group signature over a `designation` or `delisting` statement about revision `rev`. */
export const publicationRequest = object({ venueId, ...signatureShape });
export type PublicationRequest = Decoded<typeof publicationRequest>;

/** What the coalition signs of a case: that the ledger decided it so at revision `rev`. Its kind is `designation` or `delisting`. */
export const decodeCaseStatement = object({
  type: oneOf("comity/v1/designation", "comity/v1/delisting"),
  venueId,
  rev: integer(1, Number.MAX_SAFE_INTEGER),
  /** SHA-256 of the canonical document of that revision. */
  documentHash: hex(32),
});
export type CaseStatement = Decoded<typeof decodeCaseStatement>;

/** Cases of which the public registry tells; all others are the members' own business. */
export const listedStatuses = ["listed", "delisting", "delisting-decided", "delisted"] as const;

export function isListed({ status }: Pick<VenueDocument, "status">): boolean {
  return (listedStatuses as readonly VenueStatus[]).includes(status);
}

/** What the ledger decided and the coalition has to sign; undefined where it has nothing to sign. */
export function caseStatement(document: VenueDocument): CaseStatement | undefined {
  const kind = caseKinds[document.status];
  if (kind === undefined) return undefined;
  const documentHash = toHex(sha256(encodeCanonical(document)));
  return { type: `comity/v1/${kind}`, venueId: document.venueId, rev: document.rev, documentHash };
}

const caseKinds: Partial<Record<VenueStatus, "designation" | "delisting">> = {
  designated: "designation",
  "delisting-decided": "delisting",
};

/** Kind of a case's statement, which is part of what is signed. */
export function caseKind({ type }: Pick<CaseStatement, "type">): "designation" | "delisting" {
  return type === "comity/v1/designation" ? "designation" : "delisting";
}
