import {
  type Decoded,
  decodeCanonical,
  DomainError,
  fields,
  fromHex,
  hex,
  inclusionProof,
  leafHash,
  list,
  literal,
  memberId,
  type NetworkId,
  networkId,
  object,
  sha256,
  TIP_LEAVES,
  tipHourNumber,
  toHex,
  treeHash,
} from "@comity/protocol";
import { isAscending } from "./cell.ts";

export class HourError extends DomainError<"HOUR_ORDER" | "HOUR_FULL"> {}

const MAX_HOUR_BYTES = 128 * 1024;

const hour = object({
  type: literal("comity/v1/tip-hour"),
  networkId,
  memberId,
  tipHour: tipHourNumber,
  leaves: list(hex(32), TIP_LEAVES, TIP_LEAVES),
});

/** All that a gateway took in an hour, among so many dummies that the count is always the same. */
export type TipHour = Decoded<typeof hour>;

/** A leaf does not give the cell hash away, so that nobody can ask which leaves are dummies. */
export function tipLeaf(network: NetworkId, cellHash: string): string {
  return toHex(sha256(fields("comity/v1/tip-leaf", fromHex(network), fromHex(cellHash, 32))));
}

/**
 * The leaves of an hour: those of its cells, and as many dummies as it takes.
 * @param dummy gives the n-th dummy, 32 bytes that nobody else can tell from a hash, the same ones every time
 * @throws HourError HOUR_FULL
 */
export function hourLeaves(
  network: NetworkId,
  cellHashes: readonly string[],
  dummy: (n: number) => Uint8Array,
): string[] {
  const leaves = [...new Set(cellHashes)].map((cellHash) => tipLeaf(network, cellHash));
  if (leaves.length > TIP_LEAVES) throw new HourError("HOUR_FULL", `an hour has ${TIP_LEAVES} leaves`);
  const missing = TIP_LEAVES - leaves.length;
  const dummies = Array.from({ length: missing }, (_, n) => toHex(dummy(n)));
  return [...leaves, ...dummies].sort();
}

/** @throws CanonicalError, DecodeError, HourError */
export function decodeHour(bytes: Uint8Array): TipHour {
  return validateHour(decodeCanonical(bytes, MAX_HOUR_BYTES));
}

/** The checks of `decodeHour` on a value that is part of another document. @throws DecodeError, HourError */
export function validateHour(value: unknown): TipHour {
  const decoded = hour(value);
  if (isAscending(decoded.leaves)) return decoded;
  throw new HourError("HOUR_ORDER", "the leaves of an hour ascend, each of them once");
}

/** What the gateway files on the ledger. */
export function hourRoot(leaves: readonly string[]): string {
  return toHex(treeHash(hashes(leaves)));
}

/** Where a cell stands in an hour, and the audit path from there; undefined where it is not in it. */
export function proveInHour(
  { networkId: network, leaves }: Pick<TipHour, "networkId" | "leaves">,
  cellHash: string,
): { index: number; proof: string[] } | undefined {
  const index = leaves.indexOf(tipLeaf(network, cellHash));
  if (index < 0) return undefined;
  return { index, proof: inclusionProof(hashes(leaves), index).map((hash) => toHex(hash)) };
}

function hashes(leaves: readonly string[]): Uint8Array[] {
  return leaves.map((leaf) => leafHash(fromHex(leaf, 32)));
}
