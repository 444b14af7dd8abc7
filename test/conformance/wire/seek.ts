// Requests for blocks, as a client without a library makes them.
import { randomBytes } from "node:crypto";
import type { Client } from "@grpc/grpc-js";
import { common, orderer, peer } from "@hyperledger/fabric-protos";
import { type Identity, serialized, sign } from "../network/caller.ts";
import { channelHeader, type ProposalChanges } from "./proposal.ts";

export type Position = "oldest" | "newest" | "next" | number | undefined;

export interface Seek {
  readonly start: Position;
  readonly stop: Position;
  /** Answers at once, instead of waiting for what is not there yet. */
  readonly isImpatient?: boolean;
}

export async function seekEnvelope(
  identity: Identity,
  { start, stop, isImpatient = true }: Seek,
  changes: Pick<ProposalChanges, "channel" | "timestampMs"> = {},
): Promise<common.Envelope> {
  const seek = new orderer.SeekInfo();
  seek.setStart(positionOf(start));
  seek.setStop(positionOf(stop));
  const { BLOCK_UNTIL_READY, FAIL_IF_NOT_READY } = orderer.SeekInfo.SeekBehavior;
  seek.setBehavior(isImpatient ? FAIL_IF_NOT_READY : BLOCK_UNTIL_READY);
  const type = common.HeaderType.DELIVER_SEEK_INFO;
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(serialized(identity));
  signatureHeader.setNonce(randomBytes(24));
  const header = new common.Header();
  header.setChannelHeader(channelHeader("", { ...changes, type, extension: new Uint8Array() }));
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(seek.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  envelope.setSignature(await sign(identity, envelope.getPayload_asU8()));
  return envelope;
}

function positionOf(position: Position): orderer.SeekPosition | undefined {
  if (position === undefined) return undefined;
  const made = new orderer.SeekPosition();
  if (position === "oldest") made.setOldest(new orderer.SeekOldest());
  else if (position === "newest") made.setNewest(new orderer.SeekNewest());
  else if (position === "next") made.setNextCommit(new orderer.SeekNextCommit());
  else {
    const specified = new orderer.SeekSpecified();
    specified.setNumber(position);
    made.setSpecified(specified);
  }
  return made;
}

/** Numbers of blocks, and the name of each status, in the order in which they come; to the end, or to as many statuses as requests. */
export async function deliver(
  client: Client,
  envelopes: readonly common.Envelope[],
): Promise<(number | string)[]> {
  const call = client.makeBidiStreamRequest(
    "/protos.Deliver/Deliver",
    (message: common.Envelope) => Buffer.from(message.serializeBinary()),
    (bytes: Buffer) => peer.DeliverResponse.deserializeBinary(bytes),
    { deadline: Date.now() + 5_000 },
  );
  const found: (number | string)[] = [];
  let statuses = 0;
  for (const envelope of envelopes) call.write(envelope);
  for await (const response of call as AsyncIterable<peer.DeliverResponse>) {
    const header = response.getBlock()?.getHeader();
    found.push(header === undefined ? nameOf(response.getStatus()) : header.getNumber());
    if (header === undefined && ++statuses === envelopes.length) break;
  }
  call.cancel();
  return found;
}

function nameOf(status: number): string {
  return Object.entries(common.Status).find(([, value]) => value === status)?.[0] ?? String(status);
}
