import assert from "node:assert/strict";
import { encodeCanonical } from "@comity/protocol";
import { blockHeaderHash } from "../src/blockHash.ts";
import { readBlock } from "../src/ledgerBlock.ts";
import { eventPayload, fakeChain } from "./fakeBlocks.ts";

describe("a ledger block", () => {
  it("gives the events of its valid transactions of our chaincode and no others", () => {
    const [block] = fakeChain([
      { id: "good" },
      { id: "dead", code: 11 },
      { id: "foreign", chaincode: "other" },
      { id: "unnamed", eventName: "comity.v2" },
    ]);

    const read = readBlock(block!, "comity");

    assert.deepEqual(
      read.transactions.map(({ id, validationCode, events }) => [
        id,
        validationCode,
        events.map((e) => e.subject),
      ]),
      [
        ["good", 0, ["good"]],
        ["dead", 11, []],
        ["foreign", 0, []],
        ["unnamed", 0, []],
      ],
    );
  });

  it("has the hash that the next block names", () => {
    const [first, second] = fakeChain([{ id: "a" }], [{ id: "b" }]);

    assert.equal(readBlock(second!, "comity").previousHash, readBlock(first!, "comity").hash);
  });

  it("is hashed over the shortest DER form of its number", () => {
    const hashes = new Set(
      [0n, 127n, 128n, 255n, 256n, 2n ** 63n].map((n) =>
        blockHeaderHash(n, new Uint8Array(32), new Uint8Array(32)).toString("hex"),
      ),
    );

    assert.equal(hashes.size, 6);
    // SEQUENCE { INTEGER 128, two OCTET STRINGs of 32 zeros }, encoded and hashed outside this code.
    assert.equal(
      blockHeaderHash(128n, new Uint8Array(32), new Uint8Array(32)).toString("hex"),
      "c27767b427898d8d4193098c5eb3584a44e19eaa2dfe84e83df348ef21d7f192",
    );
  });

  it("is refused when its data is not what its header names", () => {
    const [block] = fakeChain([{ id: "a" }]);
    block!.getData()!.setDataList([new Uint8Array([1, 2, 3])]);

    assert.throws(() => readBlock(block!, "comity"), { code: "LEDGER_CHAIN_BROKEN" });
  });

  it("is refused without a verdict on each of its transactions", () => {
    const [, block] = fakeChain([], [{ id: "a" }]);
    block!.getMetadata()!.setMetadataList([]);

    assert.throws(() => readBlock(block!, "comity"), { code: "LEDGER_BLOCK_MALFORMED" });
  });

  const payloads: Record<string, Uint8Array> = {
    "no JSON": Buffer.from("{"),
    "JSON that is not canonical": Buffer.from(' {"events":[]}'),
    "an unknown key": encodeCanonical({ events: [], more: 1 }),
    "a hash of another length": encodeCanonical({
      events: [{ type: "a", subject: "b", rev: 1, hash: "ab" }],
    }),
    "trailing bytes": Buffer.concat([eventPayload("a"), Buffer.from(" ")]),
  };
  for (const [what, payload] of Object.entries(payloads)) {
    it(`is refused when an event is ${what}`, () => {
      const [block] = fakeChain([{ id: "a", payload }]);

      assert.throws(() => readBlock(block!, "comity"), { code: "LEDGER_BLOCK_MALFORMED" });
    });
  }
});
