import { fields, fromHex, sha256, toHex } from "./bytes.ts";
import { encodeCanonical } from "./canonical.ts";
import { type Decoded, hex, integer, literal, object, oneOf } from "./decode.ts";
import { inclusionProof, leafHash, treeHash, verifyInclusion } from "./merkle.ts";
import { MAX_TIME_MS } from "./time.ts";

/** Registries whose contents the coalition signs; a closed list, part of what is signed. */
export const registryNames = ["venues", "bonds"] as const;
export type RegistryName = (typeof registryNames)[number];

const count = integer(0, Number.MAX_SAFE_INTEGER);

/** What a registry held after a block that changed it (README, "Registries"). `timeMs` is the newest timestamp of a transaction of ours in it. */
export const decodeDigest = object({
  type: literal("comity/v1/digest"),
  registry: oneOf(...registryNames),
  ledger: object({ height: count, blockHash: hex(32), timeMs: integer(0, MAX_TIME_MS) }),
  size: count,
  root: hex(32),
});
export type DigestStatement = Decoded<typeof decodeDigest>;

/** One entry: its id, and the canonical document that the ledger keeps of it. */
export interface RegistryEntry {
  readonly id: string;
  readonly document: unknown;
}

/** Leaf of an entry: RFC 6962 leaf hash of `fields("comity/v1/registry", registry, id, SHA-256(canonical document))`. */
export function registryLeaf(registry: RegistryName, { id, document }: RegistryEntry): Uint8Array {
  return leafHash(fields("comity/v1/registry", registry, id, sha256(encodeCanonical(document))));
}

/**
 * `registryLeaf` for whoever makes a tree after every change: a document's leaf is computed once, for as long as the same object is passed.
 * Documents must not be changed.
 */
export class RegistryLeaves {
  readonly #known = new WeakMap<object, { readonly id: string; readonly leaf: Uint8Array }>();
  readonly #registry: RegistryName;

  constructor(registry: RegistryName) {
    this.#registry = registry;
  }

  leafOf(entry: RegistryEntry): Uint8Array {
    const { id, document } = entry;
    if (typeof document !== "object" || document === null) return registryLeaf(this.#registry, entry);
    const known = this.#known.get(document);
    if (known?.id === id) return known.leaf;
    const leaf = registryLeaf(this.#registry, entry);
    this.#known.set(document, { id, leaf });
    return leaf;
  }
}

/** A registry's tree: entries in ascending order of id (UTF-16 units), each id once. */
export class RegistryTree {
  readonly #ids: readonly string[];
  readonly #leaves: readonly Uint8Array[];

  /** @throws RangeError where an id occurs twice */
  constructor(
    registry: RegistryName,
    entries: Iterable<RegistryEntry>,
    leaves: RegistryLeaves = new RegistryLeaves(registry),
  ) {
    const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
    const repeated = sorted.find((entry, position) => sorted[position + 1]?.id === entry.id);
    if (repeated !== undefined) throw new RangeError(`entry ${repeated.id} occurs twice`);
    this.#ids = sorted.map(({ id }) => id);
    this.#leaves = sorted.map((entry) => leaves.leafOf(entry));
  }

  get size(): number {
    return this.#leaves.length;
  }

  get root(): string {
    return toHex(treeHash(this.#leaves));
  }

  /** Where an id stands, and the path from there; undefined where it is not in the registry. */
  prove(id: string): RegistryProof | undefined {
    const index = this.#ids.indexOf(id);
    return index < 0 ? undefined : this.#proofAt(index);
  }

  /** The ids on either side of one that is not there; undefined where it is. */
  neighbours(id: string): { before: string | undefined; after: string | undefined } | undefined {
    const index = this.#ids.findIndex((other) => other >= id);
    if (this.#ids[index] === id) return undefined;
    return index < 0
      ? { before: this.#ids.at(-1), after: undefined }
      : { before: this.#ids[index - 1], after: this.#ids[index] };
  }

  #proofAt(index: number): RegistryProof {
    return { index, proof: inclusionProof(this.#leaves, index).map((hash) => toHex(hash)) };
  }
}

export interface RegistryProof {
  readonly index: number;
  /** Audit path, nearest sibling first, hex. */
  readonly proof: readonly string[];
}

/** Whether an entry stands at its place in the registry that a digest describes. */
export function verifyEntry(
  digest: Pick<DigestStatement, "registry" | "size" | "root">,
  entry: RegistryEntry,
  { index, proof }: RegistryProof,
): boolean {
  return verifyInclusion({
    leaf: registryLeaf(digest.registry, entry),
    index,
    size: digest.size,
    root: fromHex(digest.root, 32),
    proof: proof.map((hash) => fromHex(hash, 32)),
  });
}

export interface PlacedEntry extends RegistryProof {
  readonly entry: RegistryEntry;
}

/** Whether an id is in no entry: the entries on its two sides stand next to each other, or one of them is the first or the last. */
export function verifyAbsence(
  digest: Pick<DigestStatement, "registry" | "size" | "root">,
  id: string,
  { before, after }: { readonly before?: PlacedEntry; readonly after?: PlacedEntry },
): boolean {
  const isThere = (placed: PlacedEntry | undefined): boolean =>
    placed === undefined || verifyEntry(digest, placed.entry, placed);
  const isAround =
    (before === undefined || before.entry.id < id) && (after === undefined || id < after.entry.id);
  const from = before === undefined ? -1 : before.index;
  const to = after === undefined ? digest.size : after.index;
  return isAround && to === from + 1 && isThere(before) && isThere(after);
}
