// Proposals and transactions that the unmodified client would never make.
import { createPrivateKey, type KeyObject, randomBytes, sign } from "node:crypto";
import type { Client } from "@grpc/grpc-js";
import { common, gateway, msp, peer } from "@hyperledger/fabric-protos";
import { order, signBytes } from "../src/identity/signature.ts";
import { transactionIdOf } from "../src/wire/hash.ts";
import type { ClientIdentity } from "./clientIdentity.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

export interface ProposalChanges {
  readonly channel?: string;
  readonly chaincode?: string;
  readonly mspId?: string;
  readonly timestampMs?: number;
  readonly txId?: string;
  readonly nonce?: Uint8Array;
  readonly type?: number;
  readonly epoch?: number;
  readonly signature?: (bytes: Uint8Array) => Uint8Array;
}

export interface HandmadeProposal {
  readonly txId: string;
  readonly signed: peer.SignedProposal;
}

export function keyOf(identity: ClientIdentity): KeyObject {
  return createPrivateKey(identity.privateKeyPem);
}

export function creatorOf(identity: ClientIdentity, mspId = identity.mspId): Uint8Array {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(mspId);
  creator.setIdBytes(Buffer.from(identity.certificatePem));
  return creator.serializeBinary();
}

export function makeProposal(
  identity: ClientIdentity,
  args: readonly string[],
  changes: ProposalChanges = {},
): HandmadeProposal {
  const nonce = changes.nonce ?? randomBytes(24);
  const creator = creatorOf(identity, changes.mspId);
  const txId = changes.txId ?? transactionIdOf(nonce, creator);
  const id = new peer.ChaincodeID();
  id.setName(changes.chaincode ?? chaincodeName);

  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  signatureHeader.setCreator(creator);
  const header = new common.Header();
  header.setChannelHeader(channelHeader(id, txId, changes));
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payloadOf(id, args));

  const bytes = proposal.serializeBinary();
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(bytes);
  signed.setSignature(changes.signature?.(bytes) ?? signBytes(keyOf(identity), bytes));
  return { txId, signed };
}

/** What an orderer takes in, since it does not look at the data: that nobody endorsed it shows at validation. */
export function makeEnvelope(identity: ClientIdentity, data: Uint8Array): common.Envelope {
  const nonce = randomBytes(24);
  const creator = creatorOf(identity);
  const id = new peer.ChaincodeID();
  id.setName(chaincodeName);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  signatureHeader.setCreator(creator);
  const header = new common.Header();
  header.setChannelHeader(channelHeader(id, transactionIdOf(nonce, creator), {}));
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return signEnvelope(envelope, identity);
}

function channelHeader(id: peer.ChaincodeID, txId: string, changes: ProposalChanges): Uint8Array {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(id);
  const header = new common.ChannelHeader();
  header.setType(changes.type ?? common.HeaderType.ENDORSER_TRANSACTION);
  header.setEpoch(changes.epoch ?? 0);
  header.setTxId(txId);
  header.setChannelId(changes.channel ?? channel);
  header.setExtension$(extension.serializeBinary());
  return withTimestamp(header.serializeBinary(), changes.timestampMs ?? Date.now());
}

/** Field 3, a Timestamp with its seconds in field 1: fabric-protos exports no type to set it with. */
function withTimestamp(header: Uint8Array, ms: number): Uint8Array {
  const seconds = varint(Math.floor(ms / 1000));
  return Buffer.concat([header, Buffer.from([0x1a, seconds.length + 1, 0x08]), seconds]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function payloadOf(id: peer.ChaincodeID, args: readonly string[]): Uint8Array {
  const input = new peer.ChaincodeInput();
  input.setArgsList(args.map((arg) => Buffer.from(arg)));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  spec.setChaincodeId(id);
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  return payload.serializeBinary();
}

export async function endorse(client: Client, proposal: HandmadeProposal): Promise<common.Envelope> {
  const request = new gateway.EndorseRequest();
  request.setTransactionId(proposal.txId);
  request.setChannelId(channel);
  request.setProposedTransaction(proposal.signed);
  const response = await call(client, "Endorse", request, gateway.EndorseResponse);
  return response.getPreparedTransaction() ?? new common.Envelope();
}

export async function evaluate(client: Client, proposal: HandmadeProposal): Promise<Uint8Array> {
  const request = new gateway.EvaluateRequest();
  request.setTransactionId(proposal.txId);
  request.setChannelId(channel);
  request.setProposedTransaction(proposal.signed);
  const response = await call(client, "Evaluate", request, gateway.EvaluateResponse);
  return response.getResult()?.getPayload_asU8() ?? new Uint8Array();
}

export async function submit(client: Client, envelope: common.Envelope): Promise<void> {
  const request = new gateway.SubmitRequest();
  request.setChannelId(channel);
  request.setPreparedTransaction(envelope);
  await call(client, "Submit", request, gateway.SubmitResponse);
}

/** The TxValidationCode that a transaction was committed with. */
export async function commitCode(
  client: Client,
  identity: ClientIdentity,
  txId: string,
  channelId = channel,
): Promise<number> {
  const request = new gateway.CommitStatusRequest();
  request.setChannelId(channelId);
  request.setTransactionId(txId);
  request.setIdentity(creatorOf(identity));
  const signed = new gateway.SignedCommitStatusRequest();
  signed.setRequest(request.serializeBinary());
  signed.setSignature(signBytes(keyOf(identity), request.serializeBinary()));
  return (await call(client, "CommitStatus", signed, gateway.CommitStatusResponse)).getResult();
}

export function signEnvelope(envelope: common.Envelope, identity: ClientIdentity): common.Envelope {
  envelope.setSignature(signBytes(keyOf(identity), envelope.getPayload_asU8()));
  return envelope;
}

/** A valid ECDSA signature whose S is the higher of the two. */
export function highS(identity: ClientIdentity): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const raw = sign("sha256", bytes, { key: keyOf(identity), dsaEncoding: "ieee-p1363" });
    const s = BigInt(`0x${raw.subarray(32).toString("hex")}`);
    const high = s > order >> 1n ? s : order - s;
    return Buffer.concat([
      Buffer.from("30", "hex"),
      lengthPrefixed([der(raw.subarray(0, 32)), der(bytesOf(high))]),
    ]);
  };
}

function lengthPrefixed(parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([body.length]), body]);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}

function der(unsigned: Buffer): Buffer {
  const trimmed = unsigned.subarray(unsigned.findIndex((byte) => byte !== 0));
  const padded = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}

interface Message {
  serializeBinary(): Uint8Array;
}

async function call<T>(
  client: Client,
  method: string,
  request: Message,
  type: { deserializeBinary(bytes: Uint8Array): T },
): Promise<T> {
  const answer = Promise.withResolvers<T>();
  client.makeUnaryRequest(
    `/gateway.Gateway/${method}`,
    (message: Message) => Buffer.from(message.serializeBinary()),
    (bytes: Buffer) => type.deserializeBinary(bytes),
    request,
    { deadline: Date.now() + 10_000 },
    (error, response) => {
      if (error !== null) answer.reject(error);
      else if (response !== undefined) answer.resolve(response);
    },
  );
  return answer.promise;
}
