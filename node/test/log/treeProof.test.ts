import assert from "node:assert/strict";
import {
  inclusionProof,
  consistencyProof,
  leafHash,
  treeHash,
  u64,
  verifyConsistency,
  verifyInclusion,
} from "@comity/protocol";
import fc from "fast-check";
import { Edge } from "../../src/log/edge.ts";
import { consistencyPath, inclusionPath, type NodeReader, rangeHash } from "../../src/log/treeProof.ts";

const leaves = Array.from({ length: 70_000 }, (_, i) => leafHash(u64(i)));

/** Reads from the edge alone: it keeps the full tiles that nobody sealed. */
function growTo(size: number): { edge: Edge; node: NodeReader } {
  const edge = new Edge();
  for (const leaf of leaves.slice(0, size)) edge.append(leaf);
  const node: NodeReader = (height, index) => {
    const within = 256 >> (height % 8);
    const tile = edge.tile(Math.floor(height / 8), Math.floor(index / within));
    return Promise.resolve(tile!.node(height % 8, index % within));
  };
  return { edge, node };
}

describe("a tree of tiles", () => {
  for (const size of [0, 1, 2, 3, 255, 256, 257, 511, 512, 1000]) {
    it(`has RFC 6962's root with ${size} leaves`, async () => {
      const { edge, node } = growTo(size);

      assert.deepEqual(edge.root(), treeHash(leaves.slice(0, size)));
      assert.deepEqual(await rangeHash(node, 0, size), edge.root());
    });
  }

  it("proves the inclusion of every leaf, with protocol's own proofs", async () => {
    for (const size of [1, 7, 256, 300]) {
      const { edge, node } = growTo(size);
      for (let index = 0; index < size; index++) {
        const proof = await inclusionPath(node, index, size);
        assert.ok(verifyInclusion({ leaf: leaves[index]!, index, size, root: edge.root(), proof }));
        if (index % 50 === 0) assert.deepEqual(proof, inclusionProof(leaves.slice(0, size), index));
      }
    }
  });

  it("proves consistency between any two sizes, with protocol's own proofs", async () => {
    const { edge, node } = growTo(600);
    const pair = fc
      .tuple(fc.nat({ max: 600 }), fc.nat({ max: 600 }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

    await fc.assert(
      fc.asyncProperty(pair, async ([fromSize, size]) => {
        const proof = await consistencyPath(node, fromSize, size);
        const [fromRoot, root] = [await rangeHash(node, 0, fromSize), await rangeHash(node, 0, size)];
        assert.ok(verifyConsistency({ fromSize, fromRoot, size, root, proof }));
        assert.deepEqual(proof, consistencyProof(leaves.slice(0, size), fromSize));
      }),
      { numRuns: 60 },
    );
    assert.equal(edge.size, 600);
  });

  it("reaches the third level of tiles", async function () {
    this.timeout(60_000);
    const { edge, node } = growTo(70_000);

    const proof = await inclusionPath(node, 65_535, 70_000);

    assert.equal(edge.levels.length, 3);
    assert.ok(
      verifyInclusion({ leaf: leaves[65_535]!, index: 65_535, size: 70_000, root: edge.root(), proof }),
    );
  });
});
