import { concat, sha256, u16, u64, u8, utf8 } from "./bytes.ts";
import { leafHash, treeHash } from "./merkle.ts";
import { SegmentError } from "./segmentError.ts";

export const RECORD_BYTES = 68;
export const kernelClasses = ["matmul", "attention", "conv", "allreduce", "other"] as const;
export type KernelClass = (typeof kernelClasses)[number];

/** One reading of one accelerator (the blueprint's Gen 1 record). */
export interface EvidenceRecord {
  /** Policy time, ms. */
  readonly timestampMs: number;
  /** Index of the accelerator in its segment. */
  readonly accelerator: number;
  readonly kernelClass: KernelClass;
  readonly powerW: number;
  readonly bandwidthGbps: number;
  readonly driverVersion: readonly [number, number, number];
  /** FLOP since boot, modulo 2⁶⁴. */
  readonly accumulatedFlops: bigint;
  readonly nonceCounter: bigint;
  /** SHA-256 of program and parameters. */
  readonly kernelDigest: Uint8Array;
}

export function encodeRecord(record: EvidenceRecord): Uint8Array {
  return concat(
    u64(record.timestampMs),
    u8(record.accelerator),
    u8(kernelClasses.indexOf(record.kernelClass)),
    u16(record.powerW),
    u16(record.bandwidthGbps),
    ...record.driverVersion.map((part) => u16(part)),
    u64(record.accumulatedFlops),
    u64(record.nonceCounter),
    record.kernelDigest,
  );
}

/** Decodes a sidecar. @throws SegmentError SEGMENT_MALFORMED */
export function decodeRecords(bytes: Uint8Array): EvidenceRecord[] {
  if (bytes.length % RECORD_BYTES !== 0)
    throw new SegmentError("SEGMENT_MALFORMED", "the records are not whole");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / RECORD_BYTES;
  return Array.from({ length: count }, (_, index) => decodeRecord(view, bytes, index * RECORD_BYTES));
}

function decodeRecord(view: DataView, bytes: Uint8Array, at: number): EvidenceRecord {
  const kernelClass = kernelClasses[view.getUint8(at + 9)];
  const timestampMs = Number(view.getBigUint64(at));
  if (kernelClass === undefined || !Number.isSafeInteger(timestampMs)) {
    throw new SegmentError("SEGMENT_MALFORMED", "a record has an unknown kernel class or time");
  }
  return {
    timestampMs,
    accelerator: view.getUint8(at + 8),
    kernelClass,
    powerW: view.getUint16(at + 10),
    bandwidthGbps: view.getUint16(at + 12),
    driverVersion: [view.getUint16(at + 14), view.getUint16(at + 16), view.getUint16(at + 18)],
    accumulatedFlops: view.getBigUint64(at + 20),
    nonceCounter: view.getBigUint64(at + 28),
    kernelDigest: bytes.slice(at + 36, at + RECORD_BYTES),
  };
}

/** Bytes of each record of a sidecar, in order. */
export function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const count = Math.floor(bytes.length / RECORD_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES),
  );
}

/** RFC 6962 root with one record a leaf. */
export function recordRoot(sidecar: Uint8Array): Uint8Array {
  return treeHash(splitRecords(sidecar).map(leafHash));
}

export const FIRST_HEAD: Uint8Array = new Uint8Array(32);
const HEAD_TAG = utf8("comity/v1/head");

/** Next link of an accelerator's chain. */
export function nextHead(head: Uint8Array, record: Uint8Array): Uint8Array {
  return sha256(HEAD_TAG, head, record);
}
