import { equalBytes, sha256 } from "./bytes.ts";

/** RFC 6962 tree hashing and proofs (also RFC 9162 §2.1), as C2SP tlog-tiles use them. */

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array());

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(LEAF, entry);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** Root over leaf hashes. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const hasher = new TreeHasher();
  for (const leaf of leaves) hasher.append(leaf);
  return hasher.root();
}

/** Root of a growing tree in O(log n) memory: the roots of its maximal complete subtrees, largest first. */
export class TreeHasher {
  readonly #subtrees: { hash: Uint8Array; size: number }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(leaf: Uint8Array): void {
    let hash = leaf;
    let size = 1;
    for (let last = this.#subtrees.at(-1); last?.size === size; last = this.#subtrees.at(-1)) {
      hash = nodeHash(last.hash, hash);
      size *= 2;
      this.#subtrees.pop();
    }
    this.#subtrees.push({ hash, size });
    this.#size++;
  }

  root(): Uint8Array {
    return (
      this.#subtrees
        .map((subtree) => subtree.hash)
        .reduceRight<Uint8Array | undefined>(
          (right, left) => (right === undefined ? left : nodeHash(left, right)),
          undefined,
        ) ?? EMPTY_ROOT
    );
  }
}

/** Largest power of two below n, for n > 1. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Audit path of leaf `index` in the tree over all `leaves` (RFC 6962 §2.1.1), nearest sibling first. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (index < 0 || index >= leaves.length) throw new RangeError("the leaf is not in the tree");
  if (leaves.length === 1) return [];
  const k = splitPoint(leaves.length);
  const [near, far] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...inclusionProof(near, index), treeHash(far)]
    : [...inclusionProof(far, index - k), treeHash(near)];
}

export interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 §2.1.3.2. Proofs of another length than the tree asks for are refused. */
export function verifyInclusion({ leaf, index, size, root, proof }: Inclusion): boolean {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  const sides = siblingSides(index, size - 1);
  if (sides.length !== proof.length) return false;
  const computed = sides.reduce((hash, side, level) => join(side, proof[level], hash), leaf);
  return equalBytes(computed, root);
}

type Side = "left" | "right";

/** On which side of the path each sibling stands, from the node at `position` in a tree whose last leaf is `last` up to the root. */
function siblingSides(position: number, last: number): Side[] {
  const sides: Side[] = [];
  while (last > 0) {
    const side = position % 2 === 1 || position === last ? "left" : "right";
    sides.push(side);
    // A node without a right sibling moves up unchanged until it has a left one.
    const isLifted = side === "left";
    while (isLifted && position % 2 === 0 && position !== 0)
      [position, last] = [position / 2, Math.floor(last / 2)];
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return sides;
}

function join(side: Side, sibling: Uint8Array | undefined, hash: Uint8Array): Uint8Array {
  if (sibling?.length !== 32) return hash.subarray(0, 0);
  return side === "left" ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
}

/** Proof that the first `from` leaves are a prefix of all `leaves` (RFC 6962 §2.1.2). */
export function consistencyProof(leaves: readonly Uint8Array[], from: number): Uint8Array[] {
  if (from < 0 || from > leaves.length) throw new RangeError("the old size is past the new one");
  return from === 0 ? [] : subproof(leaves, from, true);
}

function subproof(leaves: readonly Uint8Array[], from: number, isWhole: boolean): Uint8Array[] {
  if (from === leaves.length) return isWhole ? [] : [treeHash(leaves)];
  const k = splitPoint(leaves.length);
  const [near, far] = [leaves.slice(0, k), leaves.slice(k)];
  return from <= k
    ? [...subproof(near, from, isWhole), treeHash(far)]
    : [...subproof(far, from - k, false), treeHash(near)];
}

export interface Consistency {
  readonly fromSize: number;
  readonly fromRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 §2.1.4.2. */
export function verifyConsistency({ fromSize, fromRoot, size, root, proof }: Consistency): boolean {
  if (!Number.isSafeInteger(fromSize) || !Number.isSafeInteger(size) || fromSize < 0 || fromSize > size)
    return false;
  if (fromSize === size) return proof.length === 0 && equalBytes(fromRoot, root);
  if (fromSize === 0) return proof.length === 0 && equalBytes(fromRoot, EMPTY_ROOT);
  return climbsToBoth({ fromSize, fromRoot, size, root, proof });
}

function climbsToBoth({ fromSize, fromRoot, size, root, proof }: Consistency): boolean {
  let [position, last] = [fromSize - 1, size - 1];
  while (position % 2 === 1) [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  const [first, ...siblings] = position === 0 ? [fromRoot, ...proof] : proof;
  const sides = siblingSides(position, last);
  if (first === undefined || sides.length !== siblings.length) return false;
  let [older, newer] = [first, first];
  sides.forEach((side, level) => {
    if (side === "left") older = join(side, siblings[level], older);
    newer = join(side, siblings[level], newer);
  });
  return equalBytes(older, fromRoot) && equalBytes(newer, root);
}
