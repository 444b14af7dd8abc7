import assert from "node:assert/strict";
import fc from "fast-check";
import {
  concat,
  decodeBatch,
  decodeEntry,
  decodeRecords,
  decodeSegment,
  encodeBatch,
  encodeEntry,
  encodeRecord,
  encodeUnsignedSegment,
  hostIdOf,
  kernelClasses,
  MAX_SEGMENT_BYTES,
  RECORD_BYTES,
  SegmentError,
  u64,
  verifyEd25519,
} from "../src/index.ts";
import { publicKey, segmentOf } from "./fixture.ts";

const { segment, records } = segmentOf("host-a", 0);
const refused = (bytes: Uint8Array, code: string): void =>
  assert.throws(
    () => decodeSegment(bytes),
    (error) => error instanceof SegmentError && error.code === code,
  );
const patched = (at: number, bytes: Uint8Array): Uint8Array =>
  concat(segment.subarray(0, at), bytes, segment.subarray(at + bytes.length));

describe("segments", () => {
  it("decode to what was encoded, signature included", () => {
    const decoded = decodeSegment(segment);

    assert.equal(decoded.hostId, hostIdOf(publicKey("host-a")));
    assert.equal(decoded.recordCount, 6);
    assert.deepEqual(encodeUnsignedSegment(decoded), decoded.signedBytes);
    assert.ok(verifyEd25519(publicKey("host-a"), decoded.signedBytes, decoded.signature));
  });

  it("are 188 + 140·k + 64 bytes long", () => {
    assert.equal(segment.length, 188 + 140 + 64);
  });

  it("are unsigned without their last 64 bytes", () => refused(segment.subarray(0, -64), "SEGMENT_UNSIGNED"));
  it("are refused one byte short or long", () => {
    refused(segment.subarray(0, -1), "SEGMENT_MALFORMED");
    refused(concat(segment, Uint8Array.of(0)), "SEGMENT_MALFORMED");
  });
  it("are refused above the greatest length", () =>
    refused(new Uint8Array(MAX_SEGMENT_BYTES + 1), "SEGMENT_OVERSIZED"));
  it("are refused with another tag", () => refused(patched(18, Uint8Array.of(0)), "SEGMENT_MALFORMED"));
  it("are refused with number 0", () => refused(patched(119, u64(0)), "SEGMENT_MALFORMED"));
  it("are refused with an empty interval", () =>
    refused(patched(135, segment.subarray(127, 135)), "SEGMENT_MALFORMED"));
  it("are refused with an interval longer than a day", () =>
    refused(patched(135, u64(decodeSegment(segment).endMs + 1)), "SEGMENT_MALFORMED"));
  it("are refused with a time past 2^53", () => refused(patched(127, u64(2n ** 60n)), "SEGMENT_MALFORMED"));
  it("are refused without accelerators", () => refused(patched(187, Uint8Array.of(0)), "SEGMENT_MALFORMED"));
  it("are refused when record counts do not add up", () =>
    refused(patched(154, Uint8Array.of(7)), "SEGMENT_MALFORMED"));
  it("are refused with a serial that is not zero-padded", () =>
    refused(patched(188 + 20, Uint8Array.of(65)), "SEGMENT_MALFORMED"));
  it("are refused with a serial in lower case", () =>
    refused(patched(188, Uint8Array.of(97)), "SEGMENT_MALFORMED"));

  it("have one encoding: bytes that decode are the bytes that are encoded", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: segment.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (at, byte) => {
          const bytes = patched(at, Uint8Array.of(byte));
          try {
            const decoded = decodeSegment(bytes);
            assert.deepEqual(concat(encodeUnsignedSegment(decoded), decoded.signature), bytes);
          } catch (error) {
            assert.ok(error instanceof SegmentError, String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("throw no other error on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        assert.throws(() => decodeSegment(bytes), SegmentError);
      }),
    );
  });
});

describe("records", () => {
  const word = (size: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << size) - 1n });
  const short = fc.integer({ min: 0, max: 0xffff });
  const arbitrary = fc.record({
    timestampMs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    accelerator: fc.integer({ min: 0, max: 255 }),
    kernelClass: fc.constantFrom(...kernelClasses),
    powerW: short,
    bandwidthGbps: short,
    driverVersion: fc.tuple(short, short, short),
    accumulatedFlops: word(64n),
    nonceCounter: word(64n),
    kernelDigest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  });

  it("decode to what was encoded", () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 5 }), (list) => {
        const bytes = concat(...list.map(encodeRecord));
        assert.equal(bytes.length, list.length * RECORD_BYTES);
        assert.deepEqual(decodeRecords(bytes).map(encodeRecord), list.map(encodeRecord));
      }),
    );
  });

  it("are refused when not whole or with an unknown kernel class", () => {
    assert.throws(() => decodeRecords(records.subarray(1)), SegmentError);
    assert.throws(() => decodeRecords(records.map((byte, i) => (i === 9 ? 5 : byte))), SegmentError);
  });
});

describe("log entries", () => {
  const entry = encodeEntry({ receivedMs: 5, flags: 3, segment });

  it("carry the segment as received, its time and its flags", () => {
    const decoded = decodeEntry(entry);
    assert.deepEqual([decoded.receivedMs, decoded.flags], [5, 3]);
    assert.deepEqual(concat(decoded.segment.signedBytes, decoded.segment.signature), segment);
  });

  it("are refused with unknown flags, or cut short", () => {
    assert.throws(() => decodeEntry(entry.map((byte, i) => (i === 9 ? 8 : byte))), SegmentError);
    assert.throws(() => decodeEntry(entry.subarray(0, 9)), SegmentError);
  });
});

describe("batches", () => {
  it("split into the items that were put in", () => {
    const part = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ segment: part, records: part }, { noNullPrototype: true }), { maxLength: 6 }),
        (items) => {
          assert.deepEqual(decodeBatch(encodeBatch(items), 6), items);
        },
      ),
    );
  });

  it("are refused cut short or with too many items", () => {
    const bytes = encodeBatch([{ segment, records }]);
    assert.throws(() => decodeBatch(bytes.subarray(0, -1), 5), SegmentError);
    assert.throws(() => decodeBatch(concat(bytes, bytes), 1), SegmentError);
  });
});
