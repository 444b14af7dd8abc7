import { concat, u16, u32, u64 } from "./bytes.ts";
import { decodeSegment, type SignedSegment } from "./segment.ts";
import { SegmentError } from "./segmentError.ts";

/** Marks that a node puts on a segment when it takes it in. */
export const EntryFlag = { staleNonce: 1, late: 2, flopsAmbiguous: 4 } as const;
const ALL_FLAGS = 7;
export const MAX_ENTRY_BYTES = 0xffff;

/** A leaf of an evidence log. */
export interface LogEntry {
  /** Real time at which the owner of the log took the segment in, ms. */
  readonly receivedMs: number;
  readonly flags: number;
  readonly segment: SignedSegment;
}

export function encodeEntry(entry: { receivedMs: number; flags: number; segment: Uint8Array }): Uint8Array {
  return concat(u64(entry.receivedMs), u16(entry.flags), entry.segment);
}

/** @throws SegmentError */
export function decodeEntry(bytes: Uint8Array): LogEntry {
  if (bytes.length < 10 || bytes.length > MAX_ENTRY_BYTES)
    throw new SegmentError("SEGMENT_MALFORMED", "this is no log entry");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const received = view.getBigUint64(0);
  const flags = view.getUint16(8);
  if (received > BigInt(Number.MAX_SAFE_INTEGER) || flags > ALL_FLAGS) {
    throw new SegmentError("SEGMENT_MALFORMED", "the entry has an unknown flag or time");
  }
  return { receivedMs: Number(received), flags, segment: decodeSegment(bytes.subarray(10)) };
}

export interface BatchItem {
  readonly segment: Uint8Array;
  readonly records: Uint8Array;
}

export function encodeBatch(items: readonly BatchItem[]): Uint8Array {
  return concat(
    ...items.flatMap((item) => [
      u32(item.segment.length),
      item.segment,
      u32(item.records.length),
      item.records,
    ]),
  );
}

/** Splits a batch into its items without looking into them. @throws SegmentError SEGMENT_MALFORMED */
export function decodeBatch(bytes: Uint8Array, maxItems: number): BatchItem[] {
  const items: BatchItem[] = [];
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const part = (): Uint8Array => {
    const length = at + 4 <= bytes.length ? view.getUint32(at) : Infinity;
    if (at + 4 + length > bytes.length) throw new SegmentError("SEGMENT_MALFORMED", "the batch is cut short");
    const value = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  while (at < bytes.length) {
    if (items.length === maxItems)
      throw new SegmentError("SEGMENT_MALFORMED", `a batch has at most ${maxItems} items`);
    items.push({ segment: part(), records: part() });
  }
  return items;
}
