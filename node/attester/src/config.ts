import {
  accelerators as knownAccelerators,
  type Decoded,
  type Decoder,
  DecodeError,
  DomainError,
  hostId,
  integer,
  kernelClasses,
  list,
  literal,
  MAX_ACCELERATORS,
  MAX_SEGMENT_MS,
  MAX_SEGMENT_RECORDS,
  MAX_TIME_MS,
  MIN_SEGMENT_MS,
  networkId,
  object,
  oneOf,
  optional,
  parsed,
  parseLogOrigin,
  serial,
  text,
} from "@comity/protocol";

export class ConfigError extends DomainError<"CONFIG_INVALID"> {}

const HOUR_MS = 3_600_000;
const weight = optional(integer(0, 1_000_000));

/** Deliberately bad segments that this attester can send, one for each way in which a node refuses one. */
export const faultCodes = [
  "SEGMENT_OVERSIZED",
  "SEGMENT_MALFORMED",
  "SEGMENT_UNSIGNED",
  "SEGMENT_SHORT",
  "SEGMENT_SIGNATURE",
  "SEGMENT_NETWORK",
  "SEGMENT_ORIGIN",
  "HOST_NOT_ENROLLED",
  "SEGMENT_REPLAYED",
  "SEGMENT_FORKED",
  "SEGMENT_GAP",
  "NONCE_BACKWARDS",
  "HEAD_MISMATCH",
  "RECORDS_MISMATCH",
  "TIME_BACKWARDS",
  "TIME_FUTURE",
  "ACCELERATOR_UNKNOWN",
  "FLOPS_IMPOSSIBLE",
] as const;
export type FaultCode = (typeof faultCodes)[number];

const phase = object({
  /** Policy time from which this phase holds, ms. */
  fromPolicyMs: integer(0, MAX_TIME_MS),
  /** Share of peak FLOP/s. */
  utilisationBasisPoints: integer(0, 10_000),
  /** Weights of kernel classes. */
  kernelMix: object({ matmul: weight, attention: weight, conv: weight, allreduce: weight, other: weight }),
});

const shape = {
  /** Log origin of the site: comity/<network>/<member>/<operator>/<site>. */
  origin: parsed(text(300), (value) => {
    parseLogOrigin(value);
    return value;
  }),
  networkId,
  /** The network's clock, from its genesis record. */
  clock: object({
    originMs: integer(0, MAX_TIME_MS),
    scale: integer(1, 1_000_000),
    scaledMs: integer(0, MAX_TIME_MS),
    bucketMs: integer(1, MAX_TIME_MS),
  }),
  /** The member's node: an https URL without a path. */
  intake: object({ url: text(300, /^https:\/\/[A-Za-z0-9.:[\]-]+\/?$/) }),
  tls: object({ certificateFile: text(4096), keyFile: text(4096), rootFile: text(4096) }),
  hosts: list(
    object({
      hostId,
      /** Ed25519 private key, PKCS#8 in PEM. */
      keyFile: text(4096),
      accelerators: list(
        object({ serial, model: oneOf(...knownAccelerators.map(({ model }) => model)) }),
        MAX_ACCELERATORS,
        1,
      ),
    }),
    4096,
    1,
  ),
  /** Where readings come from. `profile`: computed from the seed, the same for every run. */
  trace: object({ kind: literal("profile"), seed: text(200), phases: list(phase, 1000) }),
  spoolDir: text(4096),
  /** Once the spool holds so much, nothing new is recorded until some of it is sent; 256 MiB unless given. */
  spoolMaxBytes: optional(integer(1024 * 1024, 2 ** 40)),
  /** Policy time between the records of an accelerator; four hours unless given. */
  recordIntervalMs: optional(integer(1, 24 * HOUR_MS)),
  /** Policy time that one segment covers, at least four hours; a day unless given. */
  segmentIntervalMs: optional(integer(MIN_SEGMENT_MS, MAX_SEGMENT_MS)),
  /** Policy time at which the first segment begins, rounded down to a whole interval; now unless given. */
  startPolicyMs: optional(integer(0, MAX_TIME_MS)),
  /** Policy time after which no segment ends: the attester sends what it has, and is idle. Never unless given. */
  endPolicyMs: optional(integer(0, MAX_TIME_MS)),
  /** One bad segment for each of these is sent, once, beside the good ones. */
  faults: optional(list(oneOf(...faultCodes), faultCodes.length)),
} satisfies Record<string, Decoder<unknown>>;

const document = object(shape);
export type AttesterDocument = Decoded<typeof document>;
export type TracePhase = AttesterDocument["trace"]["phases"][number];
export type AttesterConfig = AttesterDocument &
  Required<Pick<AttesterDocument, "spoolMaxBytes" | "recordIntervalMs" | "segmentIntervalMs" | "faults">>;

/** Reports every problem at once. @throws ConfigError */
export function parseConfig(json: string): AttesterConfig {
  const value = parseJson(json);
  const problems = Object.entries(shape).flatMap(([key, decoder]: [string, Decoder<unknown>]) =>
    problemOf(() => decoder(value[key], key)),
  );
  if (problems.length > 0) throw new ConfigError("CONFIG_INVALID", problems.join("; "));
  const config = withDefaults(decoded(value));
  const conflicts = conflictsIn(config);
  if (conflicts.length > 0) throw new ConfigError("CONFIG_INVALID", conflicts.join("; "));
  return Object.freeze(config);
}

function parseJson(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", "the configuration is not JSON", { cause });
  }
  throw new ConfigError("CONFIG_INVALID", "the configuration is not a JSON object");
}

function decoded(value: unknown): AttesterDocument {
  try {
    return document(value);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new ConfigError("CONFIG_INVALID", cause.message, { cause });
  }
}

function problemOf(decode: () => unknown): string[] {
  try {
    decode();
    return [];
  } catch (error) {
    if (error instanceof DecodeError) return [error.message];
    throw error;
  }
}

function withDefaults(value: AttesterDocument): AttesterConfig {
  return {
    ...value,
    spoolMaxBytes: value.spoolMaxBytes ?? 256 * 1024 * 1024,
    recordIntervalMs: value.recordIntervalMs ?? 4 * HOUR_MS,
    segmentIntervalMs: value.segmentIntervalMs ?? MAX_SEGMENT_MS,
    faults: value.faults ?? [],
  };
}

function conflictsIn({ origin, networkId: network, hosts, trace, ...config }: AttesterConfig): string[] {
  const records = config.segmentIntervalMs / config.recordIntervalMs;
  const most = Math.max(...hosts.map((host) => host.accelerators.length)) * records;
  const serials = hosts.flatMap((host) => host.accelerators.map((accelerator) => accelerator.serial));
  const starts = trace.phases.map((entry) => entry.fromPolicyMs);
  const checks: [boolean, string][] = [
    [parseLogOrigin(origin).networkId === network, "origin is of another network than networkId"],
    [Number.isInteger(records), "segmentIntervalMs must be a multiple of recordIntervalMs"],
    [most <= MAX_SEGMENT_RECORDS, `a segment would have ${most} records, at most ${MAX_SEGMENT_RECORDS} fit`],
    [new Set(hosts.map((host) => host.hostId)).size === hosts.length, "two hosts have one hostId"],
    [new Set(serials).size === serials.length, "two accelerators have one serial"],
    [
      starts.every((start, i) => i === 0 || start > (starts[i - 1] ?? 0)),
      "trace.phases are not in order of time",
    ],
    [
      config.endPolicyMs === undefined || config.endPolicyMs > (config.startPolicyMs ?? 0),
      "endPolicyMs is not after startPolicyMs",
    ],
    [trace.phases.every(hasMix), "a phase's kernelMix has no weight above 0"],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => problem);
}

function hasMix({ kernelMix }: TracePhase): boolean {
  return kernelClasses.some((name) => (kernelMix[name] ?? 0) > 0);
}
