import {
  decodeRecords,
  equalBytes,
  type EvidenceRecord,
  type HostDocument,
  nextHead,
  RECORD_BYTES,
  recordRoot,
  type Segment,
  type SegmentAccelerator,
  SegmentError,
} from "@comity/protocol";
import type { HostState } from "./hostState.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";

export interface RecordsContext {
  readonly host: HostDocument;
  readonly state: HostState | undefined;
}

export interface AppraisedRecords {
  readonly decodedRecords: readonly EvidenceRecord[];
  /** Between two records the counter may have wrapped: the work could be more than it shows. */
  readonly isAmbiguous: boolean;
}

/** One accelerator while its records are walked through. */
interface Walk {
  readonly serial: string;
  readonly peakFlops: bigint;
  counter: bigint;
  nonce: bigint;
  head: Uint8Array;
  /** The work of a record was done after this. */
  sinceMs: number;
  /** Time of the record before, in whichever segment. */
  recordedMs: number;
  flops: bigint;
  count: number;
  isAmbiguous: boolean;
}

const WRAP = 2n ** 64n;

/** Whether the sidecar is what the segment says, and what an accelerator can do. @throws Refusal */
export function appraiseRecords(
  segment: Segment,
  sidecar: Uint8Array,
  context: RecordsContext,
): AppraisedRecords {
  const records = decoded(segment, sidecar);
  assertOrder(segment, records);
  const walks = segment.accelerators.map((accelerator) => startWalk(accelerator, segment, context));
  records.forEach((record, i) => {
    const walk = walks[record.accelerator];
    if (walk) step(walk, record, sidecar.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES));
  });
  segment.accelerators.forEach((accelerator, i) => assertEnd(accelerator, walks[i]));
  return { decodedRecords: records, isAmbiguous: walks.some((walk) => walk.isAmbiguous) };
}

function decoded(segment: Segment, sidecar: Uint8Array): EvidenceRecord[] {
  // Before anything is hashed: what the segment announced bounds the work.
  require(sidecar.length ===
    segment.recordCount * RECORD_BYTES, "RECORDS_MISMATCH", "the records are of another number");
  require(equalBytes(
    recordRoot(sidecar),
    segment.recordRoot,
  ), "RECORDS_MISMATCH", "the records have another root");
  try {
    return decodeRecords(sidecar);
  } catch (cause) {
    if (!(cause instanceof SegmentError)) throw cause;
    throw new Refusal("RECORDS_MISMATCH", cause.message, { cause });
  }
}

function assertOrder({ startMs, endMs, accelerators }: Segment, records: readonly EvidenceRecord[]): void {
  let [lastMs, lastAccelerator] = [startMs, Infinity];
  for (const { timestampMs, accelerator } of records) {
    const follows = timestampMs > lastMs || (timestampMs === lastMs && accelerator > lastAccelerator);
    const isInside = timestampMs <= endMs && accelerator < accelerators.length;
    require(follows && isInside, "RECORDS_MISMATCH", "a record is out of order or outside its segment");
    [lastMs, lastAccelerator] = [timestampMs, accelerator];
  }
}

function startWalk(
  accelerator: SegmentAccelerator,
  { startMs }: Segment,
  { host, state }: RecordsContext,
): Walk {
  const { serial, counterStart, nonceStart, headBefore } = accelerator;
  const peak = host.accelerators.find((enrolled) => enrolled.serial === serial)?.peakFlops ?? "0";
  return {
    serial,
    peakFlops: BigInt(peak),
    counter: counterStart,
    nonce: nonceStart,
    head: headBefore,
    sinceMs: startMs,
    recordedMs: state?.accelerators.get(serial)?.recordedMs ?? startMs,
    flops: 0n,
    count: 0,
    isAmbiguous: false,
  };
}

function step(
  walk: Walk,
  { timestampMs, nonceCounter, accumulatedFlops }: EvidenceRecord,
  bytes: Uint8Array,
): void {
  require(nonceCounter > walk.nonce, "NONCE_BACKWARDS", `the nonces of ${walk.serial} do not rise`);
  const flops = BigInt.asUintN(64, accumulatedFlops - walk.counter);
  const greatest = walk.peakFlops * BigInt(timestampMs - walk.sinceMs);
  require(flops * 1000n <= greatest, "FLOPS_IMPOSSIBLE", `${walk.serial} cannot work so fast`);
  walk.isAmbiguous ||= walk.peakFlops * BigInt(timestampMs - walk.recordedMs) >= WRAP * 1000n;
  walk.flops += flops;
  walk.counter = accumulatedFlops;
  walk.nonce = nonceCounter;
  walk.head = nextHead(walk.head, bytes);
  walk.sinceMs = walk.recordedMs = timestampMs;
  walk.count++;
}

/** What the host signed about an accelerator must be what its records show. */
function assertEnd(accelerator: SegmentAccelerator, walk: Walk | undefined): void {
  const { serial, recordCount, counterEnd, nonceEnd, flopsLeast, headAfter } = accelerator;
  const isSame =
    walk?.count === recordCount &&
    walk.counter === counterEnd &&
    walk.nonce === nonceEnd &&
    walk.flops === flopsLeast;
  require(isSame, "RECORDS_MISMATCH", `the records of ${serial} show other sums than the segment`);
  require(equalBytes(walk.head, headAfter), "HEAD_MISMATCH", `the records of ${serial} lead to another head`);
}

function require(holds: boolean, code: RefusalCode, problem: string): asserts holds {
  if (!holds) throw new Refusal(code, problem);
}
