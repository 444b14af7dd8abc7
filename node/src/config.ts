import { isIP } from "node:net";
import Type, { type Static, type TSchema } from "typebox";
import Value from "typebox/value";
import { DomainError } from "@comity/protocol";

/** All that is wrong with a configuration, each problem with its place. */
export class ConfigError extends DomainError<"CONFIG_INVALID"> {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super("CONFIG_INVALID", `the configuration has ${problems.length} problem(s): ${problems.join("; ")}`);
    this.problems = problems;
  }
}

const object = <T extends Record<string, TSchema>>(shape: T) =>
  Type.Object(shape, { additionalProperties: false });
const file = Type.String({ minLength: 1, maxLength: 4096 });
const host = Type.String({ pattern: "^[A-Za-z0-9.:-]{1,253}$" });
const port = Type.Integer({ minimum: 0, maximum: 65_535 });
const milliseconds = Type.Integer({ minimum: 1, maximum: 86_400_000 });

/** A file of JSON. Secrets are files, never values; relative paths start at the working directory. */
const schema = object({
  /** Which of genesis' members this node is. */
  memberId: Type.String({ pattern: "^[a-z]{2}$" }),
  /** Everything that the node keeps lies here; made at the first start. */
  dataDir: file,
  genesisFile: file,
  /** Ed25519, PKCS #8 PEM, mode 0600; its public half is named in genesis. */
  identityKeyFile: file,
  ledger: object({
    channel: Type.String({ minLength: 1, maxLength: 249 }),
    chaincode: Type.String({ minLength: 1, maxLength: 64 }),
    /** MSP ids of all members, so that one whose chaincode hangs is left out for a while. Without them the gateway chooses. */
    endorsers: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 4, maxItems: 128 }),
    ),
    /** The member's own Fabric peer first, others in case it is down. */
    endpoints: Type.Array(
      object({ address: Type.String({ pattern: "^.+:[0-9]{1,5}$" }), tlsRootFile: file }),
      {
        minItems: 1,
        maxItems: 64,
      },
    ),
    mspId: Type.String({ minLength: 1, maxLength: 64 }),
    /** Certificate with the attribute `comity.role` = `node`, and its key. */
    certificateFile: file,
    keyFile: file,
  }),
  gossip: object({
    host,
    /** 0 takes any free port. */
    port,
    /** Multiaddresses to register instead of those that the node listens on, where it is behind a translation of addresses. */
    announce: Type.Optional(Type.Array(Type.String({ pattern: "^/" }), { minItems: 1, maxItems: 8 })),
  }),
  intake: object({
    host,
    port,
    certificateFile: file,
    keyFile: file,
    /** Whose attesters' certificates are accepted. */
    clientRootFiles: Type.Array(file, { minItems: 1, maxItems: 64 }),
    /** `host:port` to register instead of what the intake listens on. */
    announce: Type.Optional(Type.String({ pattern: "^.+:[0-9]{1,5}$" })),
  }),
  console: object({ host, port }),
  /** Certificate with the attribute `comity.role` = `officer`, and its key: with them the console's page can decide, without them it only shows. */
  officer: Type.Optional(object({ certificateFile: file, keyFile: file })),
  /** How many bytes of each other member's evidence this node keeps. */
  mirrorMaxBytes: Type.Optional(Type.Integer({ minimum: 1024 ** 2, maximum: 1024 ** 5 })),
  /** Where the member's own gateway leaves tips; none without it. Tips of other members are stored all the same. */
  tips: Type.Optional(object({ host, port })),
  /** How long a phase of the key generation stays open for members that are late; at least the ledger's own window. */
  keyWindowMs: Type.Optional(milliseconds),
  /** How long the first attempt to make a key waits for the nodes of all members. */
  keyPatienceMs: Type.Optional(milliseconds),
  logLevel: Type.Optional(
    Type.Union([Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")]),
  ),
});

type Input = Static<typeof schema>;
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
export type NodeConfig = DeepReadonly<
  Omit<Input, "logLevel"> & Required<Pick<Input, "logLevel" | "keyPatienceMs" | "mirrorMaxBytes">>
>;

const defaults = { logLevel: "info", keyPatienceMs: 120_000, mirrorMaxBytes: 256 * 1024 ** 3 } as const;
const loopback: readonly string[] = ["127.0.0.1", "::1", "localhost"];
const loginless: Readonly<Record<string, string>> = { console: "the console", tips: "the tip server" };
const wildcards: readonly string[] = ["0.0.0.0", "::"];

/** @throws ConfigError with every problem at once */
export function parseConfig(text: string): NodeConfig {
  const input = parseJson(text);
  const problems = shapeProblems(input);
  if (problems.length > 0) throw new ConfigError(problems);
  const config = { ...defaults, ...(input as Input) };
  const more = ruleProblems(config);
  if (more.length > 0) throw new ConfigError(more);
  return deepFreeze(config);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(["the file is not JSON"]);
  }
}

function shapeProblems(input: unknown): string[] {
  return Value.Errors(schema, input).flatMap(({ keyword, instancePath, message }) => {
    // Each unknown key is reported twice: by name, and by the object that has it.
    if (keyword === "additionalProperties") return [];
    const problem = keyword === "boolean" ? "is not a key of the configuration" : message;
    return [`${instancePath === "" ? "the file" : instancePath.slice(1).replaceAll("/", ".")} ${problem}`];
  });
}

function ruleProblems({ console, tips, gossip, intake }: Input): string[] {
  const problems: string[] = [];
  for (const [name, part] of Object.entries({ console, ...(tips && { tips }) })) {
    if (!loopback.includes(part.host))
      problems.push(`${name}.host must be a loopback address: ${loginless[name] ?? name} has no login`);
  }
  if (isIP(gossip.host) === 0) problems.push("gossip.host must be an IP address: libp2p listens on no name");
  for (const [name, part] of Object.entries({ gossip, intake })) {
    if (wildcards.includes(part.host) && part.announce === undefined) {
      problems.push(
        `${name}.announce is needed where ${name}.host is ${part.host}: nobody can connect to that`,
      );
    }
  }
  return problems;
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
