import assert from "node:assert/strict";
import { ledger } from "@hyperledger/fabric-protos";
import { RangeReads } from "../src/rwset/rangeReads.ts";
import { RangeRecord } from "../src/rwset/rangeRecord.ts";
import { sha256 } from "../src/wire/hash.ts";

/** SHA-256 of the RangeQueryInfo that Fabric 3.1.5's rwsetutil makes of the same reads. */
const upToFifty: readonly [number, string][] = [
  [0, "10868398008f549a82effb5c14481b272ddc7f94247c9a6d3cfd795a5373c13c"],
  [1, "7da403c94f6f2bd9152baa7dd2efa8ce720ec1ec274e481ff07e5101e300a92e"],
  [50, "1d13fa4961a0d5738829348c201d3d550020d3efe4288f64669f6ce9c05055ab"],
  [51, "bd1af431af48ce7219e6780afce2994e5875040cc00a93d9c949bf9a5df8376a"],
  [120, "cc57aa79c5c94a20915f0e2ccb9cf57d9144bf2c7a6724f657fb17ac2f0d3c87"],
  [2700, "e5462c550c86f7510864f3b77b6b866b08d90e7bbb5a92d50dddba3c717eb83e"],
  [3000, "a6341c06bdabbb7cf4a07e633eee53d67fe687ad4fceb98203f5db1f76788962"],
];
const upToTwo: readonly [number, string][] = [
  [3, "7b02b20bae7a02044de107ae330f6f4be47bee2c3b1837bbbb07f02ba4c4f9ca"],
  [9, "1a3bd195d31c8276194b28b5922c002c14c84b3549a1612764776ff4fee95fc4"],
  [24, "2c76f308ab709195e4ac7f852ccc77046410174dcc031266a1c7ccb4a61d220f"],
  [45, "0b80830fe4a6bb668ab739962d96bd471e2a7729b7f2a391a65f3ea5c9177af7"],
  [65, "b177dc04cfdb8c6caf2faf002b69441609781c9d18a6f037ded970793fdde7ee"],
];

function entry(i: number) {
  const key = `key_${String(i).padStart(4, "0")}`;
  return { key, version: { block: i % 7, transaction: i % 3 }, value: new Uint8Array() };
}

describe("RangeReads", () => {
  it("lists up to fifty reads and hashes more of them, byte for byte as Fabric", () => {
    for (const [count, expected] of upToFifty) {
      const record = new RangeRecord("key_", "key_~");
      for (let i = 0; i < count; i++) record.add(entry(i));
      record.exhaust();

      assert.equal(sha256(record.info().serializeBinary()).toString("hex"), expected, String(count));
    }
  });

  it("builds a tree of several levels as Fabric", () => {
    for (const [count, expected] of upToTwo) {
      const reads = new RangeReads(2);
      for (let i = 0; i < count; i++) reads.add(entry(i).key, entry(i).version);
      const info = new ledger.rwset.kvrwset.RangeQueryInfo();
      info.setStartKey("key_");
      info.setEndKey("key_~");
      info.setItrExhausted(true);
      reads.describeIn(info);

      assert.equal(sha256(info.serializeBinary()).toString("hex"), expected, String(count));
    }
  });

  it("ends at the last key that was read where the reader stopped early", () => {
    const record = new RangeRecord("key_", "key_~");
    record.add(entry(3));

    const info = record.info();

    assert.deepEqual([info.getEndKey(), info.getItrExhausted()], ["key_0003", false]);
  });
});
