import {
  type Decoded,
  decodeCanonical,
  DomainError,
  type Ed25519Verify,
  fields,
  fromHex,
  type Genesis,
  hex,
  literal,
  memberId,
  type NetworkId,
  networkId,
  object,
  tipGatewayBytes,
  tipHourNumber,
  u64,
  verifyEd25519,
} from "@comity/protocol";

export type ReceiptErrorCode = "RECEIPT_NETWORK" | "RECEIPT_KEY" | "RECEIPT_SIGNATURE";
export class ReceiptError extends DomainError<ReceiptErrorCode> {}

const MAX_RECEIPT_BYTES = 1024;

/** That a gateway has stored a cell, said at once; it holds the gateway to it. */
export const tipReceipt = object({
  type: literal("comity/v1/tip-receipt"),
  networkId,
  /** Whose gateway. */
  memberId,
  cellHash: hex(32),
  tipHour: tipHourNumber,
  receiptKey: hex(32),
  /** By which the member vouches for the key. */
  keySignature: hex(64),
  signature: hex(64),
});
export type TipReceipt = Decoded<typeof tipReceipt>;

/** A cell in its hour. */
export interface TipPlace {
  readonly cellHash: string;
  readonly tipHour: number;
}

/** What a gateway signs. */
export function receiptBytes(network: NetworkId, { cellHash, tipHour }: TipPlace): Uint8Array {
  return fields("comity/v1/tip-receipt", fromHex(network), fromHex(cellHash, 32), u64(tipHour));
}

/** @throws CanonicalError, DecodeError */
export function decodeReceipt(bytes: Uint8Array): TipReceipt {
  return tipReceipt(decodeCanonical(bytes, MAX_RECEIPT_BYTES));
}

/** The network that a verifier means: it brings the genesis record's hash itself. */
export interface KnownNetwork {
  readonly networkId: NetworkId;
  readonly genesis: Pick<Genesis, "members">;
}

/** Throws unless a gateway of this network, for whose key its member vouches, gave this receipt. @throws ReceiptError */
export function verifyReceipt(
  receipt: TipReceipt,
  network: KnownNetwork,
  verify: Ed25519Verify = verifyEd25519,
): void {
  if (receipt.networkId !== network.networkId) {
    throw new ReceiptError("RECEIPT_NETWORK", "the receipt is of another network");
  }
  const member = network.genesis.members.find((each) => each.memberId === receipt.memberId);
  const vouched = tipGatewayBytes(network.networkId, receipt);
  const keySignature = fromHex(receipt.keySignature, 64);
  if (member === undefined || !verify(fromHex(member.identityKey, 32), vouched, keySignature)) {
    throw new ReceiptError("RECEIPT_KEY", "no member of this network vouches for the receipt's key");
  }
  const signed = receiptBytes(network.networkId, receipt);
  if (!verify(fromHex(receipt.receiptKey, 32), signed, fromHex(receipt.signature, 64))) {
    throw new ReceiptError("RECEIPT_SIGNATURE", "the receipt's signature does not verify");
  }
}
