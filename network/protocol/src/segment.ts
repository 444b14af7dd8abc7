import { concat, equalBytes, fields, toHex, u128, u32, u64, u8, utf8 } from "./bytes.ts";
import { type HostId, parseSerial, type Serial } from "./ids.ts";
import { SegmentError } from "./segmentError.ts";
import { DAY_MS } from "./time.ts";

/** What a host signs: a whole interval of all of its accelerators. Layout: the package's README, "Evidence". */
export interface Segment {
  readonly networkId: Uint8Array;
  readonly originHash: Uint8Array;
  readonly hostId: HostId;
  readonly bootCount: number;
  readonly segmentNumber: bigint;
  /** Policy time, ms; records lie in (startMs, endMs]. */
  readonly startMs: number;
  readonly endMs: number;
  readonly nonceEpoch: Uint8Array;
  readonly recordCount: number;
  readonly recordRoot: Uint8Array;
  readonly accelerators: readonly SegmentAccelerator[];
}

export interface SegmentAccelerator {
  readonly serial: Serial;
  readonly counterStart: bigint;
  readonly counterEnd: bigint;
  /** Least work that the records show, FLOP. */
  readonly flopsLeast: bigint;
  readonly nonceStart: bigint;
  readonly nonceEnd: bigint;
  readonly headBefore: Uint8Array;
  readonly headAfter: Uint8Array;
  readonly recordCount: number;
}

export interface SignedSegment extends Segment {
  /** The bytes that the host signed. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

export const MAX_ACCELERATORS = 64;
export const MAX_SEGMENT_RECORDS = 4096;
/** A longer one could hide from every alert window behind its edges. */
export const MAX_SEGMENT_MS = DAY_MS;
/** Nodes take no shorter ones in: each costs a place in a log and in what shows an alert, however little it says. */
export const MIN_SEGMENT_MS = DAY_MS / 6;
const TAG = fields("comity/v1/segment");
const HEADER_BYTES = 188;
const ACCELERATOR_BYTES = 140;
const SIGNATURE_BYTES = 64;
const SERIAL_BYTES = 24;
export const MAX_SEGMENT_BYTES = HEADER_BYTES + MAX_ACCELERATORS * ACCELERATOR_BYTES + SIGNATURE_BYTES;

/** The bytes that the host signs. @throws BytesError INTEGER_RANGE */
export function encodeUnsignedSegment(segment: Segment): Uint8Array {
  return concat(
    TAG,
    segment.networkId,
    segment.originHash,
    Uint8Array.from(segment.hostId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    u32(segment.bootCount),
    u64(segment.segmentNumber),
    u64(segment.startMs),
    u64(segment.endMs),
    segment.nonceEpoch,
    u32(segment.recordCount),
    segment.recordRoot,
    u8(segment.accelerators.length),
    ...segment.accelerators.map(encodeAccelerator),
  );
}

function encodeAccelerator(accelerator: SegmentAccelerator): Uint8Array {
  const serial = new Uint8Array(SERIAL_BYTES);
  serial.set(utf8(accelerator.serial));
  return concat(
    serial,
    u64(accelerator.counterStart),
    u64(accelerator.counterEnd),
    u128(accelerator.flopsLeast),
    u64(accelerator.nonceStart),
    u64(accelerator.nonceEnd),
    accelerator.headBefore,
    accelerator.headAfter,
    u32(accelerator.recordCount),
  );
}

/** Strict decoding: any bytes that this accepts are the one encoding of what it returns. @throws SegmentError */
export function decodeSegment(bytes: Uint8Array): SignedSegment {
  const count = acceleratorCount(bytes);
  const signedLength = HEADER_BYTES + count * ACCELERATOR_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segment = {
    networkId: bytes.slice(19, 51),
    originHash: bytes.slice(51, 83),
    hostId: toHex(bytes.subarray(83, 115)) as HostId,
    bootCount: view.getUint32(115),
    segmentNumber: view.getBigUint64(119),
    startMs: time(view, 127),
    endMs: time(view, 135),
    nonceEpoch: bytes.slice(143, 151),
    recordCount: view.getUint32(151),
    recordRoot: bytes.slice(155, 187),
    accelerators: Array.from({ length: count }, (_, i) =>
      decodeAccelerator(view, bytes, HEADER_BYTES + i * ACCELERATOR_BYTES),
    ),
    signedBytes: bytes.slice(0, signedLength),
    signature: bytes.slice(signedLength),
  };
  assertShape(segment);
  return segment;
}

function acceleratorCount(bytes: Uint8Array): number {
  if (bytes.length > MAX_SEGMENT_BYTES)
    throw new SegmentError("SEGMENT_OVERSIZED", "the segment is too long");
  const count = bytes[HEADER_BYTES - 1] ?? 0;
  const signedLength = HEADER_BYTES + count * ACCELERATOR_BYTES;
  if (!equalBytes(bytes.subarray(0, TAG.length), TAG) || count === 0 || count > MAX_ACCELERATORS) {
    throw new SegmentError("SEGMENT_MALFORMED", "this is no segment");
  }
  if (bytes.length === signedLength)
    throw new SegmentError("SEGMENT_UNSIGNED", "the segment has no signature");
  if (bytes.length !== signedLength + SIGNATURE_BYTES)
    throw new SegmentError("SEGMENT_MALFORMED", "the segment is cut short or has more than it says");
  return count;
}

function decodeAccelerator(view: DataView, bytes: Uint8Array, at: number): SegmentAccelerator {
  return {
    serial: decodeSerial(bytes.subarray(at, at + SERIAL_BYTES)),
    counterStart: view.getBigUint64(at + 24),
    counterEnd: view.getBigUint64(at + 32),
    flopsLeast: (view.getBigUint64(at + 40) << 64n) | view.getBigUint64(at + 48),
    nonceStart: view.getBigUint64(at + 56),
    nonceEnd: view.getBigUint64(at + 64),
    headBefore: bytes.slice(at + 72, at + 104),
    headAfter: bytes.slice(at + 104, at + 136),
    recordCount: view.getUint32(at + 136),
  };
}

function decodeSerial(field: Uint8Array): Serial {
  const end = field.indexOf(0);
  const used = end === -1 ? field : field.subarray(0, end);
  if (field.subarray(used.length).some((byte) => byte !== 0)) throw malformed("a serial is not zero-padded");
  let serial = "";
  for (const byte of used) serial += String.fromCharCode(byte);
  try {
    return parseSerial(serial);
  } catch (cause) {
    throw new SegmentError("SEGMENT_MALFORMED", "a serial has other characters than it may", { cause });
  }
}

function time(view: DataView, at: number): number {
  const value = view.getBigUint64(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed("a time is out of range");
  return Number(value);
}

function assertShape(segment: Segment): void {
  const serials = segment.accelerators.map((accelerator) => accelerator.serial);
  if (serials.some((serial, i) => i > 0 && serial <= (serials[i - 1] ?? "")))
    throw malformed("serials are not in order");
  if (segment.endMs <= segment.startMs) throw malformed("the interval is empty");
  if (segment.endMs - segment.startMs > MAX_SEGMENT_MS) throw malformed("the interval is longer than a day");
  if (segment.segmentNumber === 0n) throw malformed("segments are numbered from 1");
  const records = segment.accelerators.reduce((sum, accelerator) => sum + accelerator.recordCount, 0);
  if (records !== segment.recordCount || records > MAX_SEGMENT_RECORDS)
    throw malformed("the record counts do not add up");
}

function malformed(problem: string): SegmentError {
  return new SegmentError("SEGMENT_MALFORMED", problem);
}
