import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { DomainError, toHex } from "@comity/protocol";

export class ReceiptKeyError extends DomainError<"RECEIPT_KEY_INVALID"> {}

/** The gateway's Ed25519 key, with which it signs receipts. */
export interface ReceiptKey {
  readonly publicKey: string;
  sign(bytes: Uint8Array): string;
}

/** @throws ReceiptKeyError */
export function readReceiptKey(pem: string): ReceiptKey {
  const key = parseKey(pem);
  // The last 32 bytes of the DER are the key itself (RFC 8410).
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32);
  return { publicKey: toHex(publicKey), sign: (bytes) => toHex(sign(null, bytes, key)) };
}

function parseKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Its error may quote the file: ours must not.
  }
  throw new ReceiptKeyError(
    "RECEIPT_KEY_INVALID",
    "the receipt key is no Ed25519 private key (PKCS #8, PEM)",
  );
}
