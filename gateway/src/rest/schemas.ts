import Type, { type TProperties, type TSchema } from "typebox";
import { problemSchema } from "./errors.ts";

/** The published forms; the ledger's own decoders have already checked what is sent. */
export const document = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });

export const hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
export const hex = (sizeBytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * sizeBytes}}$` });
export const decimal = Type.String({ pattern: "^(0|[1-9][0-9]*)$" });
const flop = Type.String({ pattern: "^(0|[1-9][0-9]*)$", description: "FLOP, decimal" });
export const policyTime = Type.Integer({ minimum: 0, description: "Policy time, ms since the Unix epoch" });
export const count = Type.Integer({ minimum: 0 });
export const name = Type.String({ minLength: 1 });
export const oneOf = (...values: string[]) => Type.Enum(values);
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const interval = document({ startMs: policyTime, endMs: policyTime });

const member = document({
  index: Type.Integer({ minimum: 1 }),
  memberId: name,
  name,
  node: document({
    state: oneOf("ready", "unready", "unreachable", "unregistered", "unknown"),
    ledgerHeight: orNull(decimal),
  }),
});

export const coalitionSchema = document(
  {
    networkId: hash,
    name,
    mode: oneOf("evaluation", "production"),
    evaluationNotice: orNull(Type.String()),
    clock: document({ originMs: count, scale: count, scaledMs: count, bucketMs: count }),
    threshold: Type.Integer({ minimum: 1 }),
    members: Type.Array(member),
    key: orNull(document({ keyEpoch: Type.Integer({ minimum: 1 }), groupKey: hex(48) })),
    ledgerHeight: orNull(decimal),
    height: orNull(count),
  },
  "The coalition as this gateway sees it",
);

export const revised = { schemaVersion: Type.Literal(1), rev: Type.Integer({ minimum: 1 }) };

export const noticeSchema = document(
  {
    ...revised,
    noticeId: name,
    operatorId: name,
    developer: name,
    model: document({ family: name, name, parameters: decimal }),
    compute: document({ incrementalFlop: flop, cumulativeFlop: flop }),
    facilities: Type.Array(name),
    hardware: Type.Array(document({ model: name, count: Type.Integer({ minimum: 1 }) })),
    attestation: oneOf("segment", "firmware", "on-die"),
    plannedStartMs: policyTime,
    plannedEndMs: policyTime,
    source: Type.Optional(Type.String()),
    status: oneOf("filed", "started", "completed", "withdrawn"),
    filedMs: policyTime,
    changedMs: policyTime,
    noticedMs: policyTime,
    late: Type.Boolean(),
    penalty: orNull(
      document({ floorMinor: decimal, turnoverBasisPoints: count, currency: Type.Literal("USD") }),
    ),
    degraded: Type.Boolean({ description: "Closed buckets lagged, so its time is less certain" }),
    threshold: flop,
    reason: Type.Optional(Type.String()),
  },
  "A Model Run Notice",
);

const statement = document(
  {
    type: Type.Literal("comity/v1/alert"),
    kind: Type.Literal("undeclared-training"),
    subject: document({ operatorId: name, siteId: name }),
    window: interval,
    log: document({ origin: name, size: count, root: hash }),
    entries: document({ from: count, to: count }),
    observed: interval,
    flopAtLeast: flop,
    projectedFlop: flop,
    ledger: document({ height: count, blockHash: hash }),
  },
  "What the coalition signed",
);

const summary = {
  ...revised,
  alertId: hash,
  kind: Type.Literal("alert"),
  keyEpoch: Type.Integer({ minimum: 1 }),
  statement,
  signature: hex(96),
  digest: hash,
  filedMs: policyTime,
  supersedes: Type.Optional(hash),
  status: oneOf("open", "superseded"),
};

const decision = document({
  memberIndex: Type.Integer({ minimum: 1 }),
  decision: oneOf("sign", "refuse"),
  reason: Type.String(),
  logPosition: count,
  partialHash: hash,
  signature: hex(64),
});

export const alertSummarySchema = document(summary, "An alert; its evidence is in its bundle");
export const alertSchema = document(
  { ...summary, decisions: Type.Array(decision), height: count },
  "An alert with its members' decisions",
);

export const pageOf = <T extends TSchema>(item: T) =>
  document({
    height: Type.Integer({
      minimum: 0,
      description: "Number of the block as of which all pages of a list are",
    }),
    items: Type.Array(item),
    nextCursor: orNull(Type.String()),
  });

export const pageQuery = document({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1024, description: "`nextCursor` of the page before" }),
  ),
});

export const alertParams = document({ alertId: hash });

export const tipParams = document({ cellHash: hash });
export const tipHourParams = document({
  tipHour: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

export const officersSchema = document({
  items: Type.Array(document({ memberId: name, sealingKey: hex(1216), signature: hex(64) })),
});

/** A file that is sent byte for byte. */
export const fileSchema = (description: string, contentType = "application/json") => ({
  description,
  content: { [contentType]: { schema: Type.Unknown() } },
});

/** What every route can answer instead. */
export const problemResponse = {
  description: "A problem document (RFC 9457)",
  content: { "application/problem+json": { schema: problemSchema } },
};
