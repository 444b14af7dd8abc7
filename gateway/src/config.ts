import { readFileSync } from "node:fs";
import { DomainError } from "@comity/protocol";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";

export class ConfigError extends DomainError<"CONFIG_INVALID"> {}

const path = (description: string) => Type.String({ minLength: 1, maxLength: 4096, description });
const closed = { additionalProperties: false } as const;

const endpoint = Type.Object(
  {
    address: Type.String({ pattern: "^[^\\s/]+:[0-9]{1,5}$", description: "host:port of a ledger gateway" }),
    tlsRootFile: path("PEM certificate that its TLS certificate chains to"),
  },
  closed,
);

const ledger = Type.Object(
  {
    channel: Type.String({ minLength: 1, maxLength: 128 }),
    chaincode: Type.String({ minLength: 1, maxLength: 128 }),
    endpoints: Type.Array(endpoint, { minItems: 1, maxItems: 128 }),
    mspId: Type.String({ minLength: 1, maxLength: 64 }),
    certificateFile: path("this gateway's own certificate, role `gateway`"),
    keyFile: path("its private key, PEM, mode 0600"),
  },
  closed,
);

const node = Type.Object(
  {
    memberId: Type.String({ pattern: "^[a-z]{2}$" }),
    consoleUrl: Type.String({ pattern: "^https?://[^\\s]+$", maxLength: 512 }),
  },
  closed,
);

const tips = Type.Object(
  {
    memberId: Type.String({ pattern: "^[a-z]{2}$", description: "whose gateway this is" }),
    nodeUrl: Type.String({ pattern: "^https?://[^\\s]+$", maxLength: 512 }),
    receiptKeyFile: path("Ed25519 private key that signs receipts, PEM, mode 0600"),
    keySignature: Type.String({
      pattern: "^[0-9a-f]{128}$",
      description: "by the member's identity key, for the receipt key",
    }),
  },
  closed,
);

const schema = Type.Object(
  {
    host: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "default 127.0.0.1" })),
    port: Type.Integer({ minimum: 0, maximum: 65_535, description: "0: any free one" }),
    ledger,
    nodes: Type.Array(node, {
      maxItems: 128,
      description: "consoles that bundles and node status are read from",
    }),
    genesisFile: path("the network's genesis record, exact bytes"),
    dataDir: path("folder of this gateway's own; what is in it can be rebuilt from the ledger"),
    tips: Type.Optional(tips),
    logLevel: Type.Optional(Type.Enum(["debug", "info", "warn", "error", "silent"])),
  },
  closed,
);

export type Config = Readonly<Omit<Static<typeof schema>, "host" | "logLevel">> & {
  readonly host: string;
  readonly logLevel: string;
};

/** @throws ConfigError naming every problem at once */
export function readConfig(file: string): Config {
  return parseConfig(readText(file));
}

/** @throws ConfigError naming every problem at once */
export function parseConfig(text: string): Config {
  const value = parseJson(text);
  const problems = problemsOf(value);
  if (problems.length > 0 || !Value.Check(schema, value)) throw invalid(problems.join("; "));
  return deepFreeze({ ...value, host: value.host ?? "127.0.0.1", logLevel: value.logLevel ?? "info" });
}

function problemsOf(value: unknown): string[] {
  const named = Value.Errors(schema, value)
    // A refused key is reported by `additionalProperties` already.
    .filter(({ keyword }) => keyword !== "boolean")
    .map(({ instancePath, message, params }) => {
      const names = Object.values(params).find(Array.isArray)?.join(", ");
      const detail = names === undefined ? message : message.replace(/ [^ ]+$/, "") + ` properties ${names}`;
      return `${instancePath === "" ? "the document" : instancePath.slice(1).replaceAll("/", ".")} ${detail}`;
    });
  return [...named, ...repeatedMembers(value)];
}

function repeatedMembers(value: unknown): string[] {
  if (!Value.Check(Type.Object({ nodes: Type.Array(node) }), value)) return [];
  const ids = value.nodes.map(({ memberId }) => memberId);
  const repeated = ids.filter((id, position) => ids.indexOf(id) !== position);
  return [...new Set(repeated)].map((id) => `nodes names member ${id} twice`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", `The configuration file ${file} cannot be read.`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", "The configuration is not JSON.", { cause });
  }
}

function invalid(problems: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", `The configuration is refused: ${problems}.`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
