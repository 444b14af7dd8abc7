import {
  concat,
  encodeEntry,
  encodeUnsignedSegment,
  FIRST_HEAD,
  fromHex,
  hostIdOf,
  logOrigin,
  originHash,
  parseMemberId,
  parseNetworkId,
  parseOperatorId,
  parseSerial,
  parseSiteId,
  recordRoot,
  type NetworkId,
} from "@comity/protocol";
import { type TestKey, testKey } from "./testKeys.ts";

export interface SegmentSpec {
  readonly host?: TestKey;
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly flops: bigint;
  readonly flags?: number;
  readonly signWith?: TestKey;
  /** One unless given: the more, the longer the entry; the first one worked. */
  readonly accelerators?: number;
}

export const hostKey = testKey("host");

export function testOrigin(networkId: NetworkId, member: string, operator: string, site: string): string {
  return logOrigin({
    networkId: parseNetworkId(networkId),
    memberId: parseMemberId(member),
    operatorId: parseOperatorId(operator),
    siteId: parseSiteId(site),
  });
}

/** A log entry of one accelerator, and its sidecar of one record. */
export function testItem(
  networkId: NetworkId,
  origin: string,
  spec: SegmentSpec,
): { entry: Uint8Array; records: Uint8Array } {
  const host = spec.host ?? hostKey;
  const records = new Uint8Array(68).fill(spec.number % 256);
  const signed = encodeUnsignedSegment({
    networkId: fromHex(networkId, 32),
    originHash: originHash(origin),
    hostId: hostIdOf(host.publicKey),
    bootCount: 1,
    segmentNumber: BigInt(spec.number),
    startMs: spec.startMs,
    endMs: spec.endMs,
    nonceEpoch: new Uint8Array(8),
    recordCount: 1,
    recordRoot: recordRoot(records),
    accelerators: Array.from({ length: spec.accelerators ?? 1 }, (_, i) => ({
      serial: parseSerial(`GPU-${(i + 1).toString().padStart(2, "0")}`),
      counterStart: 0n,
      counterEnd: 1n,
      flopsLeast: i === 0 ? spec.flops : 0n,
      nonceStart: 0n,
      nonceEnd: 1n,
      headBefore: FIRST_HEAD,
      headAfter: FIRST_HEAD,
      recordCount: i === 0 ? 1 : 0,
    })),
  });
  const segment = concat(signed, (spec.signWith ?? host).sign(signed));
  return { entry: encodeEntry({ receivedMs: spec.endMs, flags: spec.flags ?? 0, segment }), records };
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
