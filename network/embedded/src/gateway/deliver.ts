import { common, orderer, peer } from "@hyperledger/fabric-protos";
import type { ChannelPolicy } from "../identity/channelPolicy.ts";
import type { MspRegistry } from "../identity/mspRegistry.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import { decode } from "../wire/decode.ts";
import { timestampMs } from "../wire/proposal.ts";
import { blocksFrom } from "./blockFeed.ts";

const { Status } = common;
const { TypeCase } = orderer.SeekPosition;

type StatusCode = (typeof Status)[keyof typeof Status];

export interface DeliverDeps {
  readonly channel: string;
  readonly timeWindowMs: number;
  readonly policy: ChannelPolicy;
  readonly msps: MspRegistry;
  readonly store: LedgerStore;
  readonly now: () => number;
}

interface SeekRequest {
  readonly seek: orderer.SeekInfo;
  readonly creator: Uint8Array;
}

/** Full blocks for one seek request, then a status. Fabric: common/deliver/deliver.go. */
export async function* deliver(
  envelope: common.Envelope,
  deps: DeliverDeps,
  signal: AbortSignal,
): AsyncGenerator<peer.DeliverResponse, boolean> {
  const request = seekRequest(envelope, deps);
  if (typeof request === "number") return yield* end(request);
  const range = seekRange(request.seek, deps.store);
  if (range === undefined) return yield* end(Status.BAD_REQUEST);
  const { start, stop } = range;
  const failsIfNotReady = request.seek.getBehavior() === orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY;
  const isMissing = (number: number): boolean => failsIfNotReady && number >= deps.store.tip.height;
  if (isMissing(start)) return yield* end(Status.NOT_FOUND);
  for await (const { number, block } of blocksFrom(start, deps.store, signal)) {
    if (expiryOf(request.creator, deps.msps) < deps.now()) return yield* end(Status.FORBIDDEN);
    const response = new peer.DeliverResponse();
    response.setBlock(block);
    yield response;
    if (number >= stop) break;
    if (isMissing(number + 1)) return yield* end(Status.NOT_FOUND);
  }
  return yield* end(Status.SUCCESS);
}

/** Whether the stream may carry another request. */
function* end(status: StatusCode): Generator<peer.DeliverResponse, boolean> {
  const response = new peer.DeliverResponse();
  response.setStatus(status);
  yield response;
  return status === Status.SUCCESS;
}

function seekRequest(envelope: common.Envelope, deps: DeliverDeps): SeekRequest | StatusCode {
  try {
    const payload = decode(common.Payload, "Payload", envelope.getPayload_asU8());
    const header = payload.getHeader();
    if (header === undefined) return Status.BAD_REQUEST;
    const channelHeader = decode(common.ChannelHeader, "ChannelHeader", header.getChannelHeader_asU8());
    const signatureHeader = decode(
      common.SignatureHeader,
      "SignatureHeader",
      header.getSignatureHeader_asU8(),
    );
    const stamped = timestampMs(channelHeader);
    if (stamped === undefined || Math.abs(deps.now() - stamped) > deps.timeWindowMs)
      return Status.BAD_REQUEST;
    if (channelHeader.getChannelId() !== deps.channel) return Status.NOT_FOUND;
    const creator = signatureHeader.getCreator_asU8();
    if (!mayRead(envelope, creator, deps)) return Status.FORBIDDEN;
    return { seek: decode(orderer.SeekInfo, "SeekInfo", payload.getData_asU8()), creator };
  } catch {
    return Status.BAD_REQUEST; // malformed bytes; Fabric says no more than this either
  }
}

function mayRead(envelope: common.Envelope, creator: Uint8Array, deps: DeliverDeps): boolean {
  const signed = {
    identity: creator,
    data: envelope.getPayload_asU8(),
    signature: envelope.getSignature_asU8(),
  };
  return (
    deps.policy.refusal(deps.channel, "Readers", signed) === undefined &&
    expiryOf(creator, deps.msps) >= deps.now()
  );
}

function expiryOf(creator: Uint8Array, msps: MspRegistry): number {
  return msps.resolve(creator).expiresAt;
}

function seekRange(seek: orderer.SeekInfo, store: LedgerStore): { start: number; stop: number } | undefined {
  const start = seek.getStart();
  const stop = seek.getStop();
  if (start === undefined || stop === undefined) return undefined;
  const from = startOf(start, store);
  if (from === undefined) return undefined;
  const to = stopOf(stop, from, store);
  return to < from ? undefined : { start: from, stop: to };
}

function startOf(position: orderer.SeekPosition, store: LedgerStore): number | undefined {
  switch (position.getTypeCase()) {
    case TypeCase.OLDEST:
      return 0;
    case TypeCase.NEWEST:
      return store.tip.height - 1;
    case TypeCase.NEXT_COMMIT:
      return store.tip.height;
    case TypeCase.SPECIFIED:
      return position.getSpecified()?.getNumber() ?? 0;
    default:
      return undefined;
  }
}

function stopOf(position: orderer.SeekPosition, start: number, store: LedgerStore): number {
  switch (position.getTypeCase()) {
    case TypeCase.OLDEST:
      return start;
    case TypeCase.NEWEST:
      return Math.max(start, store.tip.height - 1);
    default:
      return position.getSpecified()?.getNumber() ?? 0;
  }
}
