import { readFileSync } from "node:fs";
import {
  type Decoded,
  DecodeError,
  hex,
  integer,
  list,
  literal,
  memberId,
  object,
  oneOf,
  optional,
  parseMemberId,
  suretyId,
  text,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import type { Layout } from "./layout.ts";

export const channel = "comity";
export const chaincode = "comity";

/** One process that serves everybody, or a real network of which every member runs its part. */
export const ledgerEngines = ["embedded", "fabric"] as const;
export type LedgerEngineName = (typeof ledgerEngines)[number];

const port = integer(1, 65_535);

export const portNames = ["ledger", "chaincode", "gossip", "intake", "console", "tips"] as const;
/** Of a member's part of a real network; its peer listens at `ledger`. */
export const fabricPortNames = ["orderer", "ordererAdmin", "ordererOperations", "peerOperations"] as const;

const networkMember = object({
  memberId,
  name: text(80),
  mspId: text(64),
  ports: object({
    ...{ ledger: port, chaincode: port, gossip: port, intake: port, console: port, tips: port },
    ...{ orderer: optional(port), ordererAdmin: optional(port) },
    ...{ ordererOperations: optional(port), peerOperations: optional(port) },
  }),
});

const networkSurety = object({ suretyId, name: text(120), mspId: text(64) });

export const decodeNetwork = object({
  version: literal(1),
  /** SHA-256 of the genesis record. */
  genesis: hex(32),
  /** Absent: embedded. */
  ledger: optional(oneOf(...ledgerEngines)),
  members: list(networkMember, 16, 4),
  sureties: list(networkSurety, 16),
  gatewayPort: port,
});

/** What `network.json` says: who the members are and where their processes listen, the same at every start. */
export type Network = Decoded<typeof decodeNetwork>;
export type NetworkMember = Decoded<typeof networkMember>;
export type NetworkSurety = Decoded<typeof networkSurety>;

export function readNetwork(layout: Layout, file: string = layout.networkFile): Network {
  try {
    return decodeNetwork(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if (isMissing(cause)) {
      throw new CliError(
        "NETWORK_NOT_FOUND",
        `There is no coalition in ${layout.root}. Start one with \`comity up\`, or say where it is with --data-dir.`,
        { cause },
      );
    }
    const reason = cause instanceof DecodeError ? cause.message : "it is not JSON";
    throw new CliError("DATA_DIR_DAMAGED", `${file} cannot be used: ${reason}.`, { cause });
  }
}

/** @throws CliError LEDGER_EMBEDDED */
export function refuseEmbedded({ ledger }: Network): void {
  if (ledger === "fabric") return;
  throw new CliError(
    "LEDGER_EMBEDDED",
    "This coalition's ledger is the embedded one: one process, without a channel, orderers or peers to ask.",
  );
}

export function memberOf(value: Network, id: string): NetworkMember {
  const wanted = parseMemberId(id);
  const found = value.members.find((member) => member.memberId === wanted);
  if (found !== undefined) return found;
  const ids = value.members.map((member) => member.memberId).join(", ");
  throw new CliError("USAGE", `"${id}" is not a member of this coalition; its members are ${ids}.`);
}

export function suretyOf(value: Network, id: string): NetworkSurety {
  const found = value.sureties.find((surety) => surety.suretyId === id);
  if (found !== undefined) return found;
  const ids = value.sureties.map((surety) => surety.suretyId).join(", ");
  throw new CliError("USAGE", `The keys of surety "${id}" are not here; this directory has those of ${ids}.`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
