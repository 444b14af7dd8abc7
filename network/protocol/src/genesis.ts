import { sha256, toHex } from "./bytes.ts";
import { decodeCanonical } from "./canonical.ts";
import { type Decoded, decimal, hex, integer, list, literal, object, oneOf, record, text } from "./decode.ts";
import { DomainError } from "./errors.ts";
import { memberId, type NetworkId } from "./ids.ts";
import { type Clock, MAX_TIME_MS } from "./time.ts";

export type GenesisErrorCode = "GENESIS_QUORUM" | "GENESIS_MEMBERS" | "GENESIS_CLOCK";
export class GenesisError extends DomainError<GenesisErrorCode> {}

const MAX_GENESIS_BYTES = 256 * 1024;
export const MAX_MEMBERS = 128;

const genesisMember = object({
  index: integer(1, MAX_MEMBERS),
  memberId,
  name: text(80),
  mspId: text(64, /^[A-Za-z0-9.-]+$/),
  identityKey: hex(32),
});

const clock = object({
  originMs: integer(0, MAX_TIME_MS),
  scale: integer(1, 1_000_000),
  scaledMs: integer(0, MAX_TIME_MS),
  bucketMs: integer(1_000, 86_400_000),
});

const genesis = object({
  type: literal("comity/v1/genesis"),
  name: text(80),
  mode: oneOf("evaluation", "production"),
  clock,
  threshold: integer(1, MAX_MEMBERS),
  members: list(genesisMember, MAX_MEMBERS, 4),
  rulebook: record(decimal(10n ** 40n), 200),
});

export type GenesisMember = Decoded<typeof genesisMember>;
export type Genesis = Decoded<typeof genesis>;

/** SHA-256 of the genesis record: the network's id and its only root of trust. */
export function genesisId(bytes: Uint8Array): NetworkId {
  return toHex(sha256(bytes)) as NetworkId;
}

/** @throws CanonicalError, DecodeError, GenesisError */
export function decodeGenesis(bytes: Uint8Array): Genesis {
  return validateGenesis(decodeCanonical(bytes, MAX_GENESIS_BYTES));
}

/** The checks of `decodeGenesis` on a value that is part of another canonical document. */
export function validateGenesis(value: unknown): Genesis {
  const decoded = genesis(value);
  assertMembers(decoded.members);
  assertQuorum(decoded);
  assertClock(decoded.clock, decoded.mode);
  return decoded;
}

/** How many of n members may fail or lie: f = ⌊(n−1)/3⌋. */
export function faultBound(n: number): number {
  return Math.floor((n - 1) / 3);
}

/** The one quorum: q = ⌊(n+f)/2⌋ + 1. */
export function quorumOf(n: number): number {
  return Math.floor((n + faultBound(n)) / 2) + 1;
}

function assertMembers(members: readonly GenesisMember[]): void {
  const isOrdered = members.every((member, position) => member.index === position + 1);
  if (!isOrdered) throw new GenesisError("GENESIS_MEMBERS", "member indices must be 1, 2, 3 … in order");
  for (const key of ["memberId", "mspId", "identityKey"] as const) {
    if (new Set(members.map((member) => member[key])).size !== members.length) {
      throw new GenesisError("GENESIS_MEMBERS", `two members share one ${key}`);
    }
  }
}

function assertQuorum({ members, threshold }: Genesis): void {
  const n = members.length;
  if (threshold < quorumOf(n) || threshold > n - faultBound(n)) {
    const range = `${quorumOf(n)} to ${n - faultBound(n)}`;
    throw new GenesisError("GENESIS_QUORUM", `with ${n} members the threshold must be ${range}`);
  }
}

function assertClock(value: Clock, mode: Genesis["mode"]): void {
  if (mode === "production" && value.scale !== 1) {
    throw new GenesisError("GENESIS_CLOCK", "only an evaluation network may scale time");
  }
}
