// The gateway's methods by themselves.
import type { Client } from "@grpc/grpc-js";
import { type common, gateway } from "@hyperledger/fabric-protos";
import { type Identity, serialized, sign } from "../network/caller.ts";
import { channel } from "../network/names.ts";
import type { HandmadeProposal } from "./proposal.ts";

export async function endorse(
  client: Client,
  { txId, signed }: HandmadeProposal,
  channelId = channel,
): Promise<common.Envelope> {
  const request = new gateway.EndorseRequest();
  request.setTransactionId(txId);
  request.setChannelId(channelId);
  request.setProposedTransaction(signed);
  const response = await unary(client, "Endorse", request, gateway.EndorseResponse);
  const envelope = response.getPreparedTransaction();
  if (envelope === undefined) throw new Error("a response has a transaction");
  return envelope;
}

export async function evaluate(client: Client, { txId, signed }: HandmadeProposal): Promise<Uint8Array> {
  const request = new gateway.EvaluateRequest();
  request.setTransactionId(txId);
  request.setChannelId(channel);
  request.setProposedTransaction(signed);
  const response = await unary(client, "Evaluate", request, gateway.EvaluateResponse);
  return response.getResult()?.getPayload_asU8() ?? new Uint8Array();
}

export async function submit(
  client: Client,
  envelope: common.Envelope,
  txId = "",
  channelId = channel,
): Promise<void> {
  const request = new gateway.SubmitRequest();
  request.setTransactionId(txId);
  request.setChannelId(channelId);
  request.setPreparedTransaction(envelope);
  await unary(client, "Submit", request, gateway.SubmitResponse);
}

export interface StatusChanges {
  readonly channel?: string;
  readonly identity?: Uint8Array;
  readonly signer?: Identity;
  readonly timeoutMs?: number;
}

export async function statusOf(
  client: Client,
  identity: Identity,
  txId: string,
  changes: StatusChanges = {},
): Promise<number> {
  const request = new gateway.CommitStatusRequest();
  request.setChannelId(changes.channel ?? channel);
  request.setTransactionId(txId);
  request.setIdentity(changes.identity ?? serialized(identity));
  const signed = new gateway.SignedCommitStatusRequest();
  signed.setRequest(request.serializeBinary());
  signed.setSignature(await sign(changes.signer ?? identity, request.serializeBinary()));
  const { timeoutMs } = changes;
  return (await unary(client, "CommitStatus", signed, gateway.CommitStatusResponse, timeoutMs)).getResult();
}

interface Message {
  serializeBinary(): Uint8Array;
}

export function unary<T>(
  client: Client,
  method: string,
  request: Message,
  type: { deserializeBinary(bytes: Uint8Array): T },
  timeoutMs = 30_000,
): Promise<T> {
  const answer = Promise.withResolvers<T>();
  client.makeUnaryRequest(
    `/gateway.Gateway/${method}`,
    (message: Message) => Buffer.from(message.serializeBinary()),
    (bytes: Buffer) => type.deserializeBinary(bytes),
    request,
    { deadline: Date.now() + timeoutMs },
    (error, response) => {
      if (error !== null) answer.reject(error);
      else if (response !== undefined) answer.resolve(response);
    },
  );
  return answer.promise;
}
