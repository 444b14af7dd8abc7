import Type, { type TProperties } from "typebox";
import { count, decimal, document, hash, hex, name, oneOf, orNull, policyTime, revised } from "./schemas.ts";

/** The published forms of bonds, venues and digests. */

const ulid = Type.String({ pattern: "^[0-7][0-9A-HJKMNP-TV-Z]{25}$" });
export const height = Type.Integer({
  minimum: 0,
  description: "Number of the ledger's block as of which this is",
});

const money = document({
  amountMinor: Type.String({ pattern: "^(0|[1-9][0-9]*)$", description: "In the currency's smallest unit" }),
  currency: Type.Literal("USD"),
});

const trigger = document({
  ground: Type.Literal("model-checkpoint-missing"),
  noticeId: ulid,
  sequence: Type.Integer({ minimum: 1 }),
  openedMs: policyTime,
  cureByMs: policyTime,
  amount: money,
});

const bond = {
  id: ulid,
  rev: Type.Integer({ minimum: 1 }),
  surety: name,
  principal: name,
  noticeId: ulid,
  status: oneOf("posted", "active", "exhausted", "released"),
  penal: money,
  encumbered: money,
  forfeited: money,
  released: money,
  available: money,
  openTriggers: Type.Array(trigger),
  postedMs: policyTime,
  acceptedMs: orNull(policyTime),
  changedMs: policyTime,
};

export const bondItemSchema = document(bond, "A bond; penal = available + encumbered + forfeited + released");
export const bondSchema = document({ ...bond, height }, "A bond");

const bondDocument = document(
  {
    ...revised,
    bondId: ulid,
    principal: name,
    memberId: name,
    surety: name,
    noticeId: ulid,
    currency: Type.Literal("USD"),
    penalMinor: decimal,
    encumberedMinor: decimal,
    forfeitedMinor: decimal,
    releasedMinor: decimal,
    status: bond.status,
    openTriggers: Type.Array(
      document({
        ground: trigger.properties.ground,
        noticeId: ulid,
        sequence: trigger.properties.sequence,
        openedMs: policyTime,
        cureByMs: policyTime,
        amountMinor: decimal,
      }),
    ),
    judgedThrough: count,
    forfeitures: count,
    postedMs: policyTime,
    acceptedMs: orNull(policyTime),
    changedMs: policyTime,
  },
  "A bond as the ledger keeps it",
);

const venueStatus = oneOf(
  "nominated",
  "served",
  "voting",
  "designated",
  "rejected",
  "listed",
  "delisting",
  "delisting-decided",
  "delisted",
);

const signed = document({
  rev: Type.Integer({ minimum: 1, description: "Revision of the case that the coalition signed" }),
  keyEpoch: Type.Integer({ minimum: 1 }),
  signature: hex(96),
});

const vote = document({
  memberId: name,
  decision: oneOf("approve", "refuse"),
  reason: Type.String(),
  votedMs: policyTime,
});

const venue = {
  ...revised,
  venueId: ulid,
  venue: document({
    schema: oneOf("Company", "Organization", "PublicBody"),
    name,
    aliases: Type.Array(name),
    country: Type.String({ pattern: "^[a-z]{2}$" }),
    address: Type.Optional(Type.String()),
    registrationNumber: Type.Optional(Type.String()),
    website: Type.Optional(Type.String()),
  }),
  legalBasis: Type.String(),
  reasons: Type.String(),
  evidence: Type.Array(hash),
  nominatedBy: name,
  nominatedMs: policyTime,
  status: venueStatus,
  served: orNull(document({ proofHash: hash, servedMs: policyTime, respondByMs: policyTime })),
  response: orNull(document({ hash, respondedMs: policyTime })),
  ballot: orNull(
    document({
      question: oneOf("designate", "delist"),
      reason: Type.String(),
      openedBy: name,
      openedRev: Type.Integer({ minimum: 1 }),
      openedMs: policyTime,
      electorate: Type.Integer({ minimum: 1 }),
      votes: Type.Array(vote),
    }),
  ),
  listing: orNull(document({ listedMs: policyTime, reviewMs: policyTime, expiresMs: policyTime, signed })),
  delisting: orNull(document({ delistedMs: policyTime, reason: Type.String(), signed })),
  changedMs: policyTime,
} satisfies TProperties;

export const venueItemSchema = document(venue, "A listed case as the ledger keeps it");
export const venueSchema = document(
  {
    ...venue,
    history: Type.Array(
      document({
        rev: Type.Integer({ minimum: 1 }),
        height,
        status: venueStatus,
        changedMs: policyTime,
        documentHash: hash,
      }),
      { description: "Revisions, oldest first" },
    ),
    height,
  },
  "A listed case and how it came there",
);

const registryName = oneOf("venues", "bonds");

export const digestSchema = document(
  {
    ...revised,
    keyEpoch: Type.Integer({ minimum: 1 }),
    statement: document({
      type: Type.Literal("comity/v1/digest"),
      registry: registryName,
      ledger: document({ height: count, blockHash: hash, timeMs: count }),
      size: count,
      root: hash,
    }),
    signature: hex(96),
    height,
  },
  'A registry as the coalition signed it; see @comity/protocol, "Registries"',
);

export const entrySchema = Type.Union([venueItemSchema, bondDocument]);

export const bondParams = document({ bondId: ulid });
export const venueParams = document({ venueId: ulid });
export const registryParams = document({ registry: Type.Enum(["venues", "bonds"]) });
