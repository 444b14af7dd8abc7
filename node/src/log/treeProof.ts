import { EMPTY_ROOT, nodeHash } from "@comity/protocol";

/** Root of the complete subtree number `index` among those of 2^height leaves. */
export type NodeReader = (height: number, index: number) => Promise<Uint8Array>;

/** RFC 6962 §2.1 over stored nodes: the same trees and proofs as protocol's, without all leaves at hand. */
export async function rangeHash(node: NodeReader, from: number, to: number): Promise<Uint8Array> {
  const count = to - from;
  if (count === 0) return EMPTY_ROOT;
  const height = Math.log2(count);
  if (Number.isInteger(height)) return node(height, from / count);
  const middle = from + splitPoint(count);
  return nodeHash(await rangeHash(node, from, middle), await rangeHash(node, middle, to));
}

/** Audit path, nearest sibling first (§2.1.1). */
export async function inclusionPath(node: NodeReader, index: number, size: number): Promise<Uint8Array[]> {
  const path: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    const isLeft = index < middle;
    path.push(await (isLeft ? rangeHash(node, middle, to) : rangeHash(node, from, middle)));
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  return path.reverse();
}

/** Proof that the first `fromSize` leaves are a prefix (§2.1.2). */
export async function consistencyPath(
  node: NodeReader,
  fromSize: number,
  size: number,
): Promise<Uint8Array[]> {
  if (fromSize === 0 || fromSize === size) return [];
  const path: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to !== fromSize) {
    const middle = from + splitPoint(to - from);
    const isLeft = fromSize <= middle;
    path.push(await (isLeft ? rangeHash(node, middle, to) : rangeHash(node, from, middle)));
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  if (from !== 0) path.push(await rangeHash(node, from, to));
  return path.reverse();
}

/** Largest power of two below n, for n > 1. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
