import assert from "node:assert/strict";
import type { BondDocument } from "@comity/protocol";
import fc from "fast-check";
import { verifyEntryShown, verifyList } from "../../src/registry/verification.ts";
import type { EntryJob, ListJob } from "../../src/registry/verdict.ts";
import { bond, networkId, proofOf, ulid } from "./coalition.ts";

const bonds = ["A", "B", "C", "D", "E"].map((suffix) => bond(suffix));
const nothing = ulid("Z");

function listJob(change: Partial<ListJob> = {}): ListJob {
  const bundle = proofOf(nothing, bonds, 7);
  return {
    kind: "list",
    registry: "bonds",
    genesis: networkId,
    bundle,
    documents: bonds,
    notBefore: 0,
    ...change,
  };
}

function entryJob(id: string, change: Partial<EntryJob> = {}): EntryJob {
  const document = bonds.find(({ bondId }) => bondId === id) ?? null;
  const what = { kind: "entry", registry: "bonds", genesis: networkId, id, height: 7, document } as const;
  return { ...what, bundle: proofOf(id, bonds, 7), ...change };
}

const codeOf = (verdict: { isVerified: boolean; code?: string }): string =>
  verdict.isVerified ? "verified" : (verdict.code ?? "");

describe("verifyList", () => {
  it("holds the whole list against the digest that the coalition signed", () => {
    const verdict = verifyList(listJob());

    assert.ok(verdict.isVerified);
    assert.deepEqual([verdict.digest.size, verdict.digest.ledger.height], [5, 7]);
    assert.deepEqual(structuredClone(verdict), verdict);
  });

  it("takes an empty list that was signed as empty", () => {
    assert.ok(verifyList(listJob({ bundle: proofOf(nothing, [], 7), documents: [] })).isVerified);
  });

  it("does not hold for any list but the one that was signed", () => {
    const change = fc.constantFrom("hide", "change", "invent", "repeat", "empty");
    const bundle = proofOf(nothing, bonds, 7);
    fc.assert(
      fc.property(change, fc.nat(bonds.length - 1), (how, at) => {
        const documents = altered(how, at);
        assert.equal(codeOf(verifyList(listJob({ bundle, documents }))), "LIST_DIFFERS", how);
      }),
      { numRuns: 20 },
    );
  });

  function altered(how: string, at: number): BondDocument[] {
    const others = bonds.filter((_, position) => position !== at);
    const changed = bond(["A", "B", "C", "D", "E"][at] ?? "A", { forfeitedMinor: "1" });
    const cases: Record<string, BondDocument[]> = {
      hide: others,
      change: [...others, changed],
      invent: [...bonds, bond("F")],
      repeat: [...others, ...others.slice(0, 1)],
      empty: [],
    };
    return cases[how] ?? [];
  }

  it("does not go back behind a digest that it has held before", () => {
    assert.equal(codeOf(verifyList(listJob({ notBefore: 7 }))), "verified");
    assert.equal(codeOf(verifyList(listJob({ notBefore: 8 }))), "LIST_ROLLED_BACK");
  });

  it("refuses another fingerprint, another registry, and what is no proof", () => {
    assert.equal(codeOf(verifyList(listJob({ genesis: "00".repeat(32) }))), "ENTRY_GENESIS");
    assert.equal(codeOf(verifyList(listJob({ registry: "venues" }))), "ENTRY_ID");
    assert.equal(codeOf(verifyList(listJob({ bundle: new Uint8Array() }))), "ENTRY_FORM");
  });
});

describe("verifyEntryShown", () => {
  it("holds for an entry as it is shown, and for the absence of one", () => {
    for (const id of [ulid("B"), nothing]) {
      const verdict = verifyEntryShown(entryJob(id));
      assert.ok(verdict.isVerified);
      assert.deepEqual(structuredClone(verdict), verdict);
    }
  });

  it("does not hold where the page shows something else", () => {
    const changed = bond("B", { forfeitedMinor: "1" });

    assert.equal(codeOf(verifyEntryShown(entryJob(ulid("B"), { document: changed }))), "LIST_DIFFERS");
    assert.equal(codeOf(verifyEntryShown(entryJob(ulid("B"), { document: null }))), "LIST_DIFFERS");
  });

  it("takes a newer proof than the list's, and no older one", () => {
    const newer = proofOf(ulid("B"), [bond("B", { rev: 2, status: "active" })], 8);
    const older = proofOf(ulid("B"), bonds, 6);

    assert.equal(codeOf(verifyEntryShown(entryJob(ulid("B"), { bundle: newer }))), "verified");
    assert.equal(codeOf(verifyEntryShown(entryJob(ulid("B"), { bundle: older }))), "LIST_ROLLED_BACK");
  });

  it("refuses the proof of another id", () => {
    const bundle = proofOf(ulid("C"), bonds, 7);

    assert.equal(codeOf(verifyEntryShown(entryJob(ulid("B"), { bundle }))), "ENTRY_ID");
  });
});
