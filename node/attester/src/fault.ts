import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  type BatchItem,
  concat,
  DAY_MS,
  encodeUnsignedSegment,
  hostIdOf,
  MAX_TIME_MS,
  MIN_SEGMENT_MS,
  parseNetworkId,
  type Segment,
} from "@comity/protocol";
import type { FaultCode } from "./config.ts";
import type { FIRST_LINK } from "./hostChain.ts";
import { type HostChain } from "./hostChain.ts";
import { type Draft, draftSegment, sealSegment, type SegmentTask } from "./segmentMaker.ts";

export interface FaultContext {
  /** The host's last good segment, as it goes into the same batch, and where its chain stands after it. */
  readonly last: BatchItem;
  readonly chain: HostChain;
  readonly key: KeyObject;
  readonly task: Omit<SegmentTask, "chain" | "endMs" | "recordIntervalMs">;
}

/** A segment that a node must refuse with this code, and that would be the host's next one but for its fault. */
export function craftFault(code: FaultCode, context: FaultContext): BatchItem {
  return crafts[code](context);
}

const HOUR_MS = DAY_MS / 24;

function draft({ chain, task }: FaultContext, changed: Partial<SegmentTask> = {}): Draft {
  return draftSegment({
    chain,
    endMs: chain.endMs + MIN_SEGMENT_MS,
    recordIntervalMs: MIN_SEGMENT_MS,
    ...task,
    ...changed,
  });
}

function sealed(context: FaultContext, changed: Partial<SegmentTask>): BatchItem {
  return sealSegment(draft(context, changed), context.key);
}

function resigned(context: FaultContext, changed: Partial<Segment>): BatchItem {
  const { segment, records } = draft(context);
  return sealSegment({ segment: { ...segment, ...changed }, records }, context.key);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte));
}

/** The chain with each accelerator's link changed. */
function relinked(
  chain: HostChain,
  change: (link: typeof FIRST_LINK) => Partial<typeof FIRST_LINK>,
): HostChain {
  const links = [...chain.accelerators].map(
    ([serial, link]) => [serial, { ...link, ...change(link) }] as const,
  );
  return { ...chain, accelerators: new Map(links) };
}

const crafts: Record<FaultCode, (context: FaultContext) => BatchItem> = {
  SEGMENT_OVERSIZED: (context) => {
    const { segment, records } = sealed(context, {});
    return { segment: concat(segment, new Uint8Array(20_000)), records };
  },
  SEGMENT_MALFORMED: (context) => {
    const { segment, records } = sealed(context, {});
    return { segment: flipped(segment, 5), records };
  },
  SEGMENT_UNSIGNED: (context) => {
    const { segment, records } = draft(context);
    return { segment: encodeUnsignedSegment(segment), records };
  },
  SEGMENT_SHORT: (context) => sealed(context, { endMs: context.chain.endMs + MIN_SEGMENT_MS - 1 }),
  SEGMENT_SIGNATURE: (context) => {
    const { segment, records } = sealed(context, {});
    return { segment: flipped(segment, segment.length - 40), records };
  },
  SEGMENT_NETWORK: (context) => {
    const first = context.task.networkId.startsWith("0") ? "1" : "0";
    return sealed(context, { networkId: parseNetworkId(first + context.task.networkId.slice(1)) });
  },
  SEGMENT_ORIGIN: (context) => sealed(context, { origin: `${context.task.origin}-elsewhere` }),
  HOST_NOT_ENROLLED: (context) => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const hostId = hostIdOf(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
    return sealSegment(draft(context, { chain: { ...context.chain, hostId } }), privateKey);
  },
  SEGMENT_REPLAYED: ({ last }) => last,
  SEGMENT_FORKED: (context) => {
    const { chain } = context;
    return sealed(context, { chain: { ...chain, segmentNumber: chain.segmentNumber - 1n } });
  },
  SEGMENT_GAP: (context) => {
    const { chain } = context;
    return sealed(context, { chain: { ...chain, segmentNumber: chain.segmentNumber + 1n } });
  },
  NONCE_BACKWARDS: (context) =>
    sealed(context, { chain: relinked(context.chain, ({ nonce }) => ({ nonce: nonce - 1n })) }),
  HEAD_MISMATCH: (context) =>
    sealed(context, { chain: relinked(context.chain, ({ head }) => ({ head: flipped(head, 0) })) }),
  RECORDS_MISMATCH: (context) => {
    const { segment, records } = sealed(context, {});
    return { segment, records: flipped(records, 11) };
  },
  TIME_BACKWARDS: (context) => {
    const startMs = context.chain.endMs - 1;
    return resigned(context, { startMs, endMs: startMs + MIN_SEGMENT_MS });
  },
  TIME_FUTURE: (context) => resigned(context, { startMs: MAX_TIME_MS - MIN_SEGMENT_MS, endMs: MAX_TIME_MS }),
  ACCELERATOR_UNKNOWN: (context) => {
    const [known] = context.task.accelerators;
    const model = known?.model ?? "";
    return sealed(context, { accelerators: [{ serial: "NOT-ENROLLED", model }] });
  },
  FLOPS_IMPOSSIBLE: (context) => {
    const { source } = context.task;
    const flops = 2n ** 64n - 1n;
    // In an hour no accelerator does as much as a counter can show.
    return sealed(context, {
      recordIntervalMs: HOUR_MS,
      source: (...where) => ({ ...source(...where), flops }),
    });
  },
};
