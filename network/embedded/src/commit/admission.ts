import { common } from "@hyperledger/fabric-protos";
import type { ChannelPolicy } from "../identity/channelPolicy.ts";
import type { MspRegistry } from "../identity/mspRegistry.ts";
import { decode, messageOf } from "../wire/decode.ts";
import { transactionIdOf } from "../wire/hash.ts";
import { maxTransactionBytes } from "../wire/limits.ts";

export interface AdmissionDeps {
  readonly policy: ChannelPolicy;
  readonly msps: MspRegistry;
  readonly now: () => number;
}

export interface Refusal {
  readonly status: "BAD_REQUEST" | "FORBIDDEN" | "SERVICE_UNAVAILABLE";
  readonly info: string;
}

interface Header {
  readonly channel: common.ChannelHeader;
  readonly signature: common.SignatureHeader;
}

/**
 * What an orderer asks of an envelope before it takes it in: the transaction id by which it knows a repeat, or why not.
 * Fabric: orderer/common/msgprocessor, broadcast, and the RequestID of orderer/consensus/smartbft.
 */
export function admit(envelope: common.Envelope, channel: string, deps: AdmissionDeps): string | Refusal {
  const sizeBytes = envelope.getPayload_asU8().length + envelope.getSignature_asU8().length;
  if (sizeBytes > maxTransactionBytes) {
    const info = `message payload is ${sizeBytes} bytes and exceeds maximum allowed ${maxTransactionBytes} bytes`;
    return { status: "BAD_REQUEST", info };
  }
  let header: Header;
  try {
    header = headerOf(envelope);
  } catch (error) {
    return { status: "BAD_REQUEST", info: `could not determine channel ID: ${messageOf(error)}` };
  }
  const { signature } = header;
  const refusal = headerRefusal(envelope, header, channel, deps);
  return refusal ?? transactionIdOf(signature.getNonce_asU8(), signature.getCreator_asU8());
}

function headerRefusal(
  envelope: common.Envelope,
  header: Header,
  channel: string,
  deps: AdmissionDeps,
): Refusal | undefined {
  if (header.channel.getChannelId() !== channel) {
    return { status: "BAD_REQUEST", info: "channel does not exist" };
  }
  if (header.channel.getType() !== common.HeaderType.ENDORSER_TRANSACTION) {
    return { status: "BAD_REQUEST", info: "message is of type that cannot be processed directly" };
  }
  const creator = header.signature.getCreator_asU8();
  if (expiryOf(creator, deps.msps) < deps.now()) {
    return { status: "BAD_REQUEST", info: "broadcast client identity expired" };
  }
  const data = envelope.getPayload_asU8();
  const signed = { identity: creator, data, signature: envelope.getSignature_asU8() };
  const why = deps.policy.implicitRefusal("Writers", signed);
  return why === undefined ? undefined : { status: "FORBIDDEN", info: `${why}: permission denied` };
}

function expiryOf(creator: Uint8Array, msps: MspRegistry): number {
  try {
    return msps.resolve(creator).expiresAt;
  } catch {
    return Infinity; // refused by the policy that comes next
  }
}

function headerOf(envelope: common.Envelope): Header {
  const payload = decode(common.Payload, "Payload", envelope.getPayload_asU8());
  const header = payload.getHeader();
  if (header === undefined) throw new Error("payload header is missing");
  return {
    channel: decode(common.ChannelHeader, "ChannelHeader", header.getChannelHeader_asU8()),
    signature: decode(common.SignatureHeader, "SignatureHeader", header.getSignatureHeader_asU8()),
  };
}
