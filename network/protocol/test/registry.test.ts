import assert from "node:assert/strict";
import fc from "fast-check";
import {
  EMPTY_ROOT,
  type PlacedEntry,
  type RegistryEntry,
  RegistryLeaves,
  RegistryTree,
  toHex,
  verifyAbsence,
  verifyEntry,
} from "../src/index.ts";

const word = fc.string({ unit: fc.constantFrom("A", "B", "Z", "0", "9"), minLength: 1, maxLength: 6 });
const registries = fc
  .uniqueArray(fc.record({ id: word, document: fc.record({ value: fc.nat() }) }), {
    selector: ({ id }) => id,
    maxLength: 24,
  })
  .map((entries) => ({ entries, tree: new RegistryTree("venues", entries) }));

const digestOf = ({ size, root }: RegistryTree): { registry: "venues"; size: number; root: string } => {
  return { registry: "venues", size, root };
};

const flipped = (hash: string, bit: number): string => {
  const at = (bit % 256) >> 2;
  const digit = Number.parseInt(hash[at]!, 16) ^ (1 << (bit & 3));
  return hash.slice(0, at) + digit.toString(16) + hash.slice(at + 1);
};

/** The entries beside an id that is not there. */
function around(
  tree: RegistryTree,
  entries: readonly RegistryEntry[],
  id: string,
): { before?: PlacedEntry; after?: PlacedEntry } {
  const { before, after } = tree.neighbours(id)!;
  const placed = (name: string): PlacedEntry => {
    return { entry: entries.find((entry) => entry.id === name)!, ...tree.prove(name)! };
  };
  return {
    ...(before !== undefined && { before: placed(before) }),
    ...(after !== undefined && { after: placed(after) }),
  };
}

describe("a registry's tree", () => {
  it("has the root of the empty tree without entries", () => {
    const tree = new RegistryTree("bonds", []);

    assert.deepEqual([tree.size, tree.root], [0, toHex(EMPTY_ROOT)]);
    assert.deepEqual(tree.neighbours("A"), { before: undefined, after: undefined });
    assert.ok(verifyAbsence({ registry: "bonds", size: 0, root: tree.root }, "A", {}));
  });

  it("is the same in whatever order its entries come", () => {
    fc.assert(
      fc.property(registries, fc.infiniteStream(fc.nat()), ({ entries, tree }, keys) => {
        const shuffled = entries
          .map((entry) => ({ entry, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key);
        assert.equal(
          new RegistryTree(
            "venues",
            shuffled.map(({ entry }) => entry),
          ).root,
          tree.root,
        );
      }),
    );
  });

  it("holds each id once", () => {
    const entries = ["A", "B", "A"].map((id) => ({ id, document: {} }));
    assert.throws(() => new RegistryTree("venues", entries), RangeError);
  });

  it("is another tree for another registry", () => {
    const entries = [{ id: "A", document: {} }];
    assert.notEqual(new RegistryTree("venues", entries).root, new RegistryTree("bonds", entries).root);
  });

  it("is the same with leaves that are remembered from tree to tree, even of one document under several ids", () => {
    const leaves = new RegistryLeaves("venues");
    fc.assert(
      fc.property(registries, ({ entries, tree }) => {
        assert.equal(new RegistryTree("venues", entries, leaves).root, tree.root);
        const shared = entries.map(({ id }) => ({ id, document: entries[0]?.document }));
        const copied = shared.map(({ id, document }) => ({ id, document: { ...(document as object) } }));
        assert.equal(
          new RegistryTree("venues", shared, leaves).root,
          new RegistryTree("venues", copied).root,
        );
      }),
    );
  });

  it("proves every entry where it stands, and nothing else", () => {
    fc.assert(
      fc.property(registries, fc.nat(), ({ entries, tree }, bit) => {
        const digest = digestOf(tree);
        for (const entry of entries) {
          const place = tree.prove(entry.id)!;
          const level = place.proof.length === 0 ? -1 : bit % place.proof.length;
          const isShown = (change: object): boolean => verifyEntry(digest, entry, { ...place, ...change });

          assert.ok(isShown({}));
          assert.ok(!verifyEntry({ ...digest, root: flipped(digest.root, bit) }, entry, place));
          assert.ok(!verifyEntry(digest, { ...entry, id: `${entry.id}A` }, place));
          assert.ok(!verifyEntry(digest, { ...entry, document: { value: -1 } }, place));
          assert.ok(!isShown({ index: place.index + 1 }));
          assert.ok(!isShown({ proof: [...place.proof, digest.root] }));
          if (level < 0) continue;
          const spoilt = place.proof.map((hash, at) => (at === level ? flipped(hash, bit) : hash));
          assert.ok(!isShown({ proof: spoilt }));
          assert.ok(!isShown({ proof: place.proof.slice(1) }));
        }
      }),
    );
  });

  it("proves for each flipped bit of a proof that it is another one", () => {
    const entries = ["A", "B", "C", "D", "E"].map((id) => ({ id, document: { id } }));
    const tree = new RegistryTree("venues", entries);
    for (const entry of entries) {
      const { index, proof } = tree.prove(entry.id)!;
      proof.forEach((hash, level) => {
        for (let bit = 0; bit < 256; bit++) {
          const spoilt = proof.with(level, flipped(hash, bit));
          assert.ok(!verifyEntry(digestOf(tree), entry, { index, proof: spoilt }));
        }
      });
    }
  });

  it("proves the absence of every id that is not there, and of none that is", () => {
    fc.assert(
      fc.property(registries, word, ({ entries, tree }, id) => {
        const digest = digestOf(tree);
        if (tree.prove(id) === undefined) {
          assert.ok(verifyAbsence(digest, id, around(tree, entries, id)));
          return;
        }
        assert.equal(tree.neighbours(id), undefined);
        const places = entries.map((entry) => ({ entry, ...tree.prove(entry.id)! }));
        for (const before of [undefined, ...places])
          for (const after of [undefined, ...places])
            assert.ok(!verifyAbsence(digest, id, { ...(before && { before }), ...(after && { after }) }));
      }),
    );
  });

  it("proves no absence with neighbours that are not next to each other, swapped, or left out", () => {
    const entries = ["B", "D", "F"].map((id) => ({ id, document: { id } }));
    const tree = new RegistryTree("venues", entries);
    const [b, d, f] = entries.map((entry) => ({ entry, ...tree.prove(entry.id)! }));
    const isAbsent = (id: string, places: { before?: PlacedEntry; after?: PlacedEntry }): boolean =>
      verifyAbsence(digestOf(tree), id, places);

    assert.ok(isAbsent("C", { before: b!, after: d! }));
    assert.ok(isAbsent("A", { after: b! }));
    assert.ok(isAbsent("G", { before: f! }));
    assert.ok(!isAbsent("C", { before: b!, after: f! }));
    assert.ok(!isAbsent("C", { before: d!, after: b! }));
    assert.ok(!isAbsent("C", { before: b! }));
    assert.ok(!isAbsent("C", {}));
    assert.ok(!isAbsent("E", { before: b!, after: d! }));
    assert.ok(!isAbsent("D", { before: b!, after: { ...f!, index: 1 } }));
  });
});
