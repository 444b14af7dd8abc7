import assert from "node:assert/strict";
import { verifyEd25519 } from "@comity/protocol";
import { changeKey } from "../../src/ledger/change.ts";
import { LedgerReader } from "../../src/ledger/ledgerReader.ts";
import { designatedCase, postedBond } from "../duty/dutyLedger.ts";
import { fakeNetwork } from "../keygen/fakeMember.ts";
import { eventOf, MemoryLedger } from "./memoryLedger.ts";

const network = fakeNetwork(4);

function readerOf(ledger: MemoryLedger): LedgerReader {
  return new LedgerReader(network, { ledger, verify: verifyEd25519 });
}

describe("what a block says of a case, a bond or a digest", () => {
  const venue = designatedCase("A");
  const bond = postedBond("B", 3);
  const digest = {
    ...{ schemaVersion: 1, rev: 2, keyEpoch: 1, signature: "ab".repeat(96) },
    statement: {
      ...{ type: "comity/v1/digest", registry: "bonds", size: 1, root: "cd".repeat(32) },
      ledger: { height: 7, blockHash: "ef".repeat(32), timeMs: 1 },
    },
  };

  it("is read as it was at that revision, by its hash", async () => {
    const ledger = new MemoryLedger();
    const asked: (readonly string[])[] = [];
    const answer = (value: unknown) => (args: readonly string[]) => {
      asked.push(args);
      return value;
    };
    ledger.answers.set("designation:ReadRevision", answer(venue));
    ledger.answers.set("bond:ReadRevision", answer(bond));

    const changes = [
      ...(await readerOf(ledger).changesOf(eventOf("venue-decided", venue.venueId, venue), 5n)),
      ...(await readerOf(ledger).changesOf(eventOf("bond-swept", bond.bondId, bond), 5n)),
    ];

    assert.deepEqual(changes, [
      { kind: "venue", value: venue },
      { kind: "bond", value: bond },
    ]);
    assert.deepEqual(asked, [
      [venue.venueId, "6"],
      [bond.bondId, "3"],
    ]);
    assert.deepEqual(changes.map(changeKey), [
      `venue!${venue.venueId}!0000000000000006`,
      `bond!${bond.bondId}`,
    ]);
  });

  it("is not what a peer says that changed it", async () => {
    const ledger = new MemoryLedger();
    ledger.answers.set("designation:ReadRevision", () => designatedCase("A", { reasons: "Another one." }));
    ledger.answers.set("bond:ReadRevision", () => postedBond("B", 4));

    for (const event of [
      eventOf("venue-voted", venue.venueId, venue),
      eventOf("bond-posted", bond.bondId, bond),
    ])
      await assert.rejects(readerOf(ledger).changesOf(event, 5n), { code: "LEDGER_ANSWER_INVALID" });
  });

  it("may be followed by a newer digest already, but not by an older one", async () => {
    const ledger = new MemoryLedger();
    ledger.answers.set("digest:Read", () => digest);
    const changesAt = (rev: number, document: { rev: number } = digest): Promise<unknown> =>
      readerOf(ledger).changesOf({ ...eventOf("digest-filed", "bonds", document), rev }, 9n);

    assert.deepEqual(await changesAt(2), [{ kind: "digest", value: digest }]);
    assert.deepEqual(await changesAt(1, { rev: 1 }), [{ kind: "digest", value: digest }]);
    await assert.rejects(changesAt(3), { code: "LEDGER_ANSWER_INVALID" });
    await assert.rejects(changesAt(2, { ...digest, rev: 9 }), { code: "LEDGER_ANSWER_INVALID" });
  });
});
