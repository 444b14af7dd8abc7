import assert from "node:assert/strict";
import fc from "fast-check";
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
  toHex,
  treeHash,
  TreeHasher,
  utf8,
  verifyConsistency,
  verifyInclusion,
} from "../src/index.ts";

const leaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(utf8(`entry ${i}`)));
const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

/** RFC 6962 §2.1 word for word: the yardstick for the incremental hasher. */
function reference(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length <= 1) return only ?? EMPTY_ROOT;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return treeHash([reference(hashes.slice(0, k)), reference(hashes.slice(k))]);
}

describe("RFC 6962 trees", () => {
  it("have the published roots of the empty tree and of the empty leaf", () => {
    assert.equal(toHex(treeHash([])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert.equal(
      toHex(leafHash(new Uint8Array())),
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
  });

  it("have one root whether built at once or leaf by leaf", () => {
    for (let size = 0; size < 70; size++) assert.deepEqual(treeHash(leaves(size)), reference(leaves(size)));
  });

  it("prove every leaf of every size up to 40, and nothing else", () => {
    for (let size = 1; size <= 40; size++) {
      const tree = leaves(size);
      const root = treeHash(tree);
      tree.forEach((leaf, index) => {
        const proof = inclusionProof(tree, index);
        assert.ok(verifyInclusion({ leaf, index, size, root, proof }));
        assert.ok(!verifyInclusion({ leaf: flip(leaf, 3), index, size, root, proof }));
        assert.ok(!verifyInclusion({ leaf, index: index + 1, size, root, proof }));
        assert.ok(!verifyInclusion({ leaf, index, size, root: flip(root, 31), proof }));
        assert.ok(!verifyInclusion({ leaf, index, size, root, proof: [...proof, root] }));
        if (proof.length > 0) assert.ok(!verifyInclusion({ leaf, index, size, root, proof: proof.slice(1) }));
        proof.forEach((hash, level) =>
          assert.ok(!verifyInclusion({ leaf, index, size, root, proof: proof.with(level, flip(hash, 0)) })),
        );
      });
    }
  });

  it("prove that each size is a prefix of each later one, and nothing else", () => {
    for (let size = 1; size <= 24; size++) {
      const root = treeHash(leaves(size));
      for (let fromSize = 0; fromSize <= size; fromSize++) {
        const fromRoot = treeHash(leaves(fromSize));
        const proof = consistencyProof(leaves(size), fromSize);
        assert.ok(verifyConsistency({ fromSize, fromRoot, size, root, proof }), `${fromSize} → ${size}`);
        assert.ok(!verifyConsistency({ fromSize, fromRoot: flip(fromRoot, 0), size, root, proof }));
        if (fromSize > 0)
          assert.ok(!verifyConsistency({ fromSize, fromRoot, size, root: flip(root, 0), proof }));
        proof.forEach((hash, i) =>
          assert.ok(
            !verifyConsistency({ fromSize, fromRoot, size, root, proof: proof.with(i, flip(hash, 9)) }),
          ),
        );
      }
    }
  });

  it("never throw on proofs of any shape", () => {
    const hash = fc.uint8Array({ minLength: 30, maxLength: 33 });
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        fc.array(hash, { maxLength: 9 }),
        hash,
        (index, size, proof, leaf) => {
          assert.equal(verifyInclusion({ leaf, index, size, root: EMPTY_ROOT, proof }), false);
          verifyConsistency({ fromSize: index, fromRoot: leaf, size, root: EMPTY_ROOT, proof });
        },
      ),
    );
  });

  it("grow without keeping their leaves", () => {
    const hasher = new TreeHasher();
    leaves(33).forEach((leaf, i) => {
      hasher.append(leaf);
      assert.deepEqual(hasher.root(), treeHash(leaves(i + 1)));
    });
    assert.equal(hasher.size, 33);
  });
});
