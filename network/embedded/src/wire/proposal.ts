import { common, msp, peer } from "@hyperledger/fabric-protos";
import { decode } from "./decode.ts";
import { sha256 } from "./hash.ts";

/** A signed proposal taken apart. Bytes that were signed or hashed are kept as received. */
export interface UnpackedProposal {
  readonly signedProposal: peer.SignedProposal;
  readonly header: common.Header;
  readonly channelHeader: common.ChannelHeader;
  readonly nonce: Uint8Array;
  readonly creator: Uint8Array;
  readonly creatorMspId: string;
  readonly channelId: string;
  readonly txId: string;
  /** From the channel header's extension: what the endorser executes. */
  readonly chaincodeName: string;
  readonly input: peer.ChaincodeInput;
  /** The chaincode proposal payload without transient data: what goes into the transaction. */
  readonly payloadBytes: Uint8Array;
  /** SHA-256 over channel header, signature header and {@link payloadBytes}. */
  readonly proposalHash: Uint8Array;
}

/**
 * Fabric: core/endorser/msgvalidation.go, UnpackProposal.
 * @throws WireError for malformed bytes, Error with Fabric's text for missing parts
 */
export function unpackProposal(signedProposal: peer.SignedProposal): UnpackedProposal {
  const proposal = decode(peer.Proposal, "Proposal", signedProposal.getProposalBytes_asU8());
  const header = decode(common.Header, "Header", proposal.getHeader_asU8());
  const channelHeader = decode(common.ChannelHeader, "ChannelHeader", header.getChannelHeader_asU8());
  const signatureHeader = decode(common.SignatureHeader, "SignatureHeader", header.getSignatureHeader_asU8());
  const payload = decode(
    peer.ChaincodeProposalPayload,
    "ChaincodeProposalPayload",
    proposal.getPayload_asU8(),
  );
  const payloadBytes = withoutTransient(payload);
  return {
    signedProposal,
    header,
    channelHeader,
    nonce: signatureHeader.getNonce_asU8(),
    creator: signatureHeader.getCreator_asU8(),
    creatorMspId: mspIdOf(signatureHeader.getCreator_asU8()),
    channelId: channelHeader.getChannelId(),
    txId: channelHeader.getTxId(),
    chaincodeName: chaincodeNameOf(channelHeader),
    input: inputOf(payload),
    payloadBytes,
    proposalHash: sha256(header.getChannelHeader_asU8(), header.getSignatureHeader_asU8(), payloadBytes),
  };
}

/** "" of a malformed identity, which the endorser refuses. */
function mspIdOf(creator: Uint8Array): string {
  try {
    return msp.SerializedIdentity.deserializeBinary(creator).getMspid();
  } catch {
    return "";
  }
}

function withoutTransient(payload: peer.ChaincodeProposalPayload): Uint8Array {
  const stripped = new peer.ChaincodeProposalPayload();
  stripped.setInput(payload.getInput_asU8());
  return stripped.serializeBinary();
}

function chaincodeNameOf(channelHeader: common.ChannelHeader): string {
  const bytes = channelHeader.getExtension_asU8();
  const extension = decode(peer.ChaincodeHeaderExtension, "ChaincodeHeaderExtension", bytes);
  const id = extension.getChaincodeId();
  if (id === undefined) throw new Error("ChaincodeHeaderExtension.ChaincodeId is nil");
  if (id.getName() === "") throw new Error("ChaincodeHeaderExtension.ChaincodeId.Name is empty");
  return id.getName();
}

function inputOf(payload: peer.ChaincodeProposalPayload): peer.ChaincodeInput {
  const spec = decode(peer.ChaincodeInvocationSpec, "ChaincodeInvocationSpec", payload.getInput_asU8());
  const chaincodeSpec = spec.getChaincodeSpec();
  if (chaincodeSpec === undefined)
    throw new Error("chaincode invocation spec did not contain chaincode spec");
  const input = chaincodeSpec.getInput();
  if (input === undefined) throw new Error("chaincode input did not contain any input");
  return input;
}

/** What the gateway itself reads from a proposal, before any endorser does. */
export interface ProposalAddress {
  readonly channelId: string;
  readonly chaincodeName: string;
  readonly hasTransient: boolean;
}

/** Fabric: internal/pkg/gateway/evaluate.go, getChannelAndChaincodeFromSignedProposal. */
export function proposalAddress(signedProposal: peer.SignedProposal): ProposalAddress {
  const proposal = decode(peer.Proposal, "Proposal", signedProposal.getProposalBytes_asU8());
  const header = decode(common.Header, "Header", proposal.getHeader_asU8());
  const channelHeader = decode(common.ChannelHeader, "ChannelHeader", header.getChannelHeader_asU8());
  const payload = decode(
    peer.ChaincodeProposalPayload,
    "ChaincodeProposalPayload",
    proposal.getPayload_asU8(),
  );
  const spec = decode(peer.ChaincodeInvocationSpec, "ChaincodeInvocationSpec", payload.getInput_asU8());
  return {
    channelId: channelHeader.getChannelId(),
    chaincodeName: spec.getChaincodeSpec()?.getChaincodeId()?.getName() ?? "",
    hasTransient: payload.getTransientmapMap().getLength() > 0,
  };
}

/** Milliseconds since the epoch of a header's timestamp; undefined when there is none. */
export function timestampMs(channelHeader: common.ChannelHeader): number | undefined {
  const timestamp = channelHeader.getTimestamp();
  return timestamp && timestamp.getSeconds() * 1000 + timestamp.getNanos() / 1e6;
}
