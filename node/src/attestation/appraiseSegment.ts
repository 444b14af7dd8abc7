import {
  type BatchItem,
  decodeSegment,
  type Ed25519Verify,
  EntryFlag,
  equalBytes,
  FIRST_HEAD,
  fromHex,
  type HostDocument,
  MIN_SEGMENT_MS,
  SegmentError,
  type SegmentAccelerator,
  type SignedSegment,
} from "@comity/protocol";
import { appraiseRecords } from "./appraiseRecords.ts";
import { type AcceleratorState, type HostState, stateAfter } from "./hostState.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";

/** What an appraisal needs to know. Looking something up may be dear, so it is asked for only where the checks have come so far. */
export interface AppraisalPolicy {
  readonly networkId: Uint8Array;
  /** SHA-256 of the log's origin. */
  readonly originHash: Uint8Array;
  /** Greatest policy time at which an interval may end. */
  readonly latestMs: number;
  /** An interval that ended before this policy time is late. */
  readonly punctualMs: number;
  readonly verify: Ed25519Verify;
  /** The host, if it is enrolled at this site. */
  readonly host: (hostId: string) => HostDocument | undefined;
  readonly state: (hostId: string) => HostState | undefined;
  /** Whether these very bytes are in the log already. */
  readonly isKnown: (segment: SignedSegment, bytes: Uint8Array) => boolean;
  readonly isFresh: (nonceEpoch: Uint8Array) => boolean;
}

/** RATS: the attestation result of a segment that may go into the log. */
export interface Appraisal {
  readonly segment: SignedSegment;
  readonly flags: number;
  readonly state: HostState;
}

/** Appraises a segment, cheap checks first. Nothing is changed. @throws Refusal */
export function appraiseSegment({ segment: bytes, records }: BatchItem, policy: AppraisalPolicy): Appraisal {
  const segment = decoded(bytes);
  require(segment.endMs - segment.startMs >=
    MIN_SEGMENT_MS, "SEGMENT_SHORT", "its interval is shorter than four hours");
  require(equalBytes(segment.networkId, policy.networkId), "SEGMENT_NETWORK", "it is of another network");
  require(equalBytes(
    segment.originHash,
    policy.originHash,
  ), "SEGMENT_ORIGIN", "it is for another site's log");
  const host = enrolled(segment, policy);
  require(!policy.isKnown(segment, bytes), "SEGMENT_REPLAYED", "it is in the log already");
  const isSigned = policy.verify(fromHex(host.publicKey, 32), segment.signedBytes, segment.signature);
  require(isSigned, "SEGMENT_SIGNATURE", "its signature is not that of the host");
  const state = policy.state(segment.hostId);
  assertNext(segment, state, policy);
  for (const accelerator of segment.accelerators) {
    assertLinked(accelerator, state?.accelerators.get(accelerator.serial), isReboot(segment, state));
  }
  const { decodedRecords, isAmbiguous } = appraiseRecords(segment, records, { host, state });
  return {
    segment,
    flags: flagsOf(segment, policy, isAmbiguous),
    state: stateAfter(state, segment, decodedRecords),
  };
}

function require(holds: boolean, code: RefusalCode, problem: string): asserts holds {
  if (!holds) throw new Refusal(code, problem);
}

function decoded(bytes: Uint8Array): SignedSegment {
  try {
    return decodeSegment(bytes);
  } catch (cause) {
    if (!(cause instanceof SegmentError)) throw cause;
    throw new Refusal(cause.code, cause.message, { cause });
  }
}

function enrolled(segment: SignedSegment, policy: AppraisalPolicy): HostDocument {
  const host = policy.host(segment.hostId);
  if (host === undefined) throw new Refusal("HOST_NOT_ENROLLED", "the host is not enrolled at this site");
  const serials = new Set<string>(host.accelerators.map((accelerator) => accelerator.serial));
  const unknown = segment.accelerators.find((accelerator) => !serials.has(accelerator.serial));
  if (unknown) throw new Refusal("ACCELERATOR_UNKNOWN", `${unknown.serial} is not enrolled in this host`);
  return host;
}

function assertNext(segment: SignedSegment, state: HostState | undefined, policy: AppraisalPolicy): void {
  const { segmentNumber, startMs, endMs, bootCount } = segment;
  const next = (state?.segmentNumber ?? 0n) + 1n;
  require(segmentNumber >=
    next, "SEGMENT_FORKED", `the host signed another segment ${segmentNumber.toString()}`);
  require(segmentNumber <= next, "SEGMENT_GAP", `the next segment is ${next.toString()}`);
  require(startMs >= (state?.endMs ?? 0), "TIME_BACKWARDS", "its interval overlaps the one before");
  require(bootCount >= (state?.bootCount ?? 0), "TIME_BACKWARDS", "its boot count is below the one before");
  require(endMs <= policy.latestMs, "TIME_FUTURE", "its interval ends in the future");
}

function isReboot(segment: SignedSegment, state: HostState | undefined): boolean {
  return state === undefined || segment.bootCount > state.bootCount;
}

/** Each chain goes on where it stood; only the counter may begin anew, and only with a new boot count. */
function assertLinked(
  { serial, headBefore, counterStart, nonceStart }: SegmentAccelerator,
  before: AcceleratorState | undefined,
  mayRestart: boolean,
): void {
  if (before !== undefined) {
    require(nonceStart >= before.nonce, "NONCE_BACKWARDS", `the nonces of ${serial} go back`);
    require(nonceStart <= before.nonce, "HEAD_MISMATCH", `nonces of ${serial} are missing`);
    require(mayRestart || counterStart === before.counter, "HEAD_MISMATCH", `the counter of ${serial} jumps`);
  }
  const head = before?.head ?? FIRST_HEAD;
  require(equalBytes(headBefore, head), "HEAD_MISMATCH", `the chain of ${serial} goes on from elsewhere`);
}

function flagsOf(
  { nonceEpoch, endMs }: SignedSegment,
  policy: AppraisalPolicy,
  isAmbiguous: boolean,
): number {
  const stale = policy.isFresh(nonceEpoch) ? 0 : EntryFlag.staleNonce;
  const late = endMs < policy.punctualMs ? EntryFlag.late : 0;
  return stale | late | (isAmbiguous ? EntryFlag.flopsAmbiguous : 0);
}
