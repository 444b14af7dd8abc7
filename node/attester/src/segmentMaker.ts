import { type KeyObject, sign } from "node:crypto";
import {
  type BatchItem,
  concat,
  encodeUnsignedSegment,
  fromHex,
  kernelClasses,
  type NetworkId,
  nextHead,
  originHash,
  parseSerial,
  RECORD_BYTES,
  recordRoot,
  type Segment,
  type SegmentAccelerator,
} from "@comity/protocol";
import { type AcceleratorChain, FIRST_LINK, type HostChain } from "./hostChain.ts";
import type { Reading, ReadingSource } from "./reading.ts";

export interface SegmentTask {
  readonly networkId: NetworkId;
  readonly origin: string;
  readonly chain: HostChain;
  readonly accelerators: readonly { readonly serial: string; readonly model: string }[];
  readonly endMs: number;
  readonly recordIntervalMs: number;
  readonly nonceEpoch: Uint8Array;
  readonly source: ReadingSource;
}

export interface Draft {
  readonly segment: Segment;
  readonly records: Uint8Array;
}

interface Link extends AcceleratorChain {
  readonly serial: string;
  readonly model: string;
  readonly start: AcceleratorChain;
  readonly flops: bigint;
}

/** The host's next segment, from where its chain stands to `endMs`, one record an accelerator and interval. */
export function draftSegment(task: SegmentTask): Draft {
  const { chain, endMs, recordIntervalMs } = task;
  let links = task.accelerators
    .toSorted((a, b) => (a.serial < b.serial ? -1 : 1))
    .map((accelerator): Link => {
      const start = chain.accelerators.get(accelerator.serial) ?? FIRST_LINK;
      return { ...accelerator, ...start, start, flops: 0n };
    });
  const rounds = Math.ceil((endMs - chain.endMs) / recordIntervalMs);
  const records = new Uint8Array(rounds * links.length * RECORD_BYTES);
  for (let round = 0; round < rounds; round++) {
    const fromMs = chain.endMs + round * recordIntervalMs;
    const toMs = Math.min(endMs, fromMs + recordIntervalMs);
    links = links.map((link, index) => {
      const at = (round * links.length + index) * RECORD_BYTES;
      return recorded(
        link,
        index,
        task.source(link, fromMs, toMs),
        toMs,
        records.subarray(at, at + RECORD_BYTES),
      );
    });
  }
  return { records, segment: segmentOf(task, links, records, rounds) };
}

/** Signs it: from now on it is evidence. */
export function sealSegment({ segment, records }: Draft, key: KeyObject): BatchItem {
  const unsigned = encodeUnsignedSegment(segment);
  return { segment: concat(unsigned, sign(null, unsigned, key)), records };
}

function recorded(
  link: Link,
  index: number,
  reading: Reading,
  timestampMs: number,
  record: Uint8Array,
): Link {
  const counter = BigInt.asUintN(64, link.counter + reading.flops);
  const nonce = link.nonce + 1n;
  writeRecord(record, { timestampMs, index, counter, nonce, reading });
  const flops = link.flops + BigInt.asUintN(64, counter - link.counter);
  return { ...link, counter, nonce, flops, head: nextHead(link.head, record) };
}

/** Protocol's `encodeRecord`, written in place: this runs for every reading of every accelerator. */
function writeRecord(
  record: Uint8Array,
  {
    timestampMs,
    index,
    counter,
    nonce,
    reading,
  }: {
    timestampMs: number;
    index: number;
    counter: bigint;
    nonce: bigint;
    reading: Reading;
  },
): void {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  view.setBigUint64(0, BigInt(timestampMs));
  view.setUint8(8, index);
  view.setUint8(9, kernelClasses.indexOf(reading.kernelClass));
  view.setUint16(10, reading.powerW);
  view.setUint16(12, reading.bandwidthGbps);
  reading.driverVersion.forEach((part, i) => view.setUint16(14 + 2 * i, part));
  view.setBigUint64(20, counter);
  view.setBigUint64(28, nonce);
  record.set(reading.kernelDigest, 36);
}

function segmentOf(task: SegmentTask, links: readonly Link[], records: Uint8Array, rounds: number): Segment {
  const { chain, networkId, origin, endMs, nonceEpoch } = task;
  return {
    networkId: fromHex(networkId, 32),
    originHash: originHash(origin),
    hostId: chain.hostId,
    bootCount: chain.bootCount,
    segmentNumber: chain.segmentNumber + 1n,
    startMs: chain.endMs,
    endMs,
    nonceEpoch,
    recordCount: rounds * links.length,
    recordRoot: recordRoot(records),
    accelerators: links.map((link) => acceleratorOf(link, rounds)),
  };
}

function acceleratorOf(
  { serial, start, counter, nonce, head, flops }: Link,
  recordCount: number,
): SegmentAccelerator {
  return {
    serial: parseSerial(serial),
    counterStart: start.counter,
    counterEnd: counter,
    flopsLeast: flops,
    nonceStart: start.nonce,
    nonceEnd: nonce,
    headBefore: start.head,
    headAfter: head,
    recordCount,
  };
}
