// Proposals that the unmodified client would never make.
import { createHash, randomBytes } from "node:crypto";
import { common, peer } from "@hyperledger/fabric-protos";
import { argumentsOf, type Identity, serialized, sign, type Step } from "../network/caller.ts";
import { channel, probe } from "../network/names.ts";

export interface ProposalChanges {
  readonly channel?: string;
  readonly chaincode?: string;
  readonly mspId?: string;
  readonly timestampMs?: number | null;
  readonly txId?: string;
  readonly nonce?: Uint8Array;
  readonly type?: number;
  readonly epoch?: number;
  readonly extension?: Uint8Array;
  readonly payload?: Uint8Array;
  /** Gives the signature over the proposal's bytes. */
  readonly signature?: (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array;
  /** Whose certificate and key it is, unless the caller's. */
  readonly identity?: Identity;
}

export interface HandmadeProposal {
  readonly txId: string;
  readonly signed: peer.SignedProposal;
}

export async function makeProposal(
  caller: Identity,
  steps: readonly Step[],
  changes: ProposalChanges = {},
): Promise<HandmadeProposal> {
  const identity = changes.identity ?? caller;
  const nonce = changes.nonce ?? randomBytes(24);
  const creator = serialized({ ...identity, mspId: changes.mspId ?? identity.mspId });
  const txId = changes.txId ?? createHash("sha256").update(nonce).update(creator).digest("hex");
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  signatureHeader.setCreator(creator);
  const header = new common.Header();
  header.setChannelHeader(channelHeader(txId, changes));
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(changes.payload ?? invocation(changes.chaincode ?? probe, steps));
  const bytes = proposal.serializeBinary();
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(bytes);
  signed.setSignature(await (changes.signature ?? ((data) => sign(identity, data)))(bytes));
  return { txId, signed };
}

/** With its time, which is now unless it is told. */
export function channelHeader(txId: string, changes: ProposalChanges): Uint8Array {
  const header = new common.ChannelHeader();
  const kind = changes.type ?? common.HeaderType.ENDORSER_TRANSACTION;
  header.setType(kind);
  header.setTxId(txId);
  header.setChannelId(changes.channel ?? channel);
  header.setEpoch(changes.epoch ?? 0);
  header.setExtension$(changes.extension ?? extensionFor(changes.chaincode ?? probe));
  const bytes = header.serializeBinary();
  return changes.timestampMs === null ? bytes : withTimestamp(bytes, changes.timestampMs ?? Date.now());
}

/** Field 3, a Timestamp with its seconds in field 1: fabric-protos exports no type to set it with. */
function withTimestamp(header: Uint8Array, ms: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = Math.floor(ms / 1000); ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.concat([header, Buffer.from([0x1a, bytes.length + 1, 0x08, ...bytes])]);
  }
}

function extensionFor(chaincode: string): Uint8Array {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(idOf(chaincode));
  return extension.serializeBinary();
}

function invocation(chaincode: string, steps: readonly Step[]): Uint8Array {
  const input = new peer.ChaincodeInput();
  input.setArgsList(["run", ...argumentsOf(steps).arguments].map((each) => Buffer.from(each)));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  spec.setChaincodeId(idOf(chaincode));
  spec.setInput(input);
  const whole = new peer.ChaincodeInvocationSpec();
  whole.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(whole.serializeBinary());
  return payload.serializeBinary();
}

function idOf(chaincode: string): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(chaincode);
  return id;
}
