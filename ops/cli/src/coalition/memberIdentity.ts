import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type NetworkId, parseMemberId, tipGatewayBytes, toHex } from "@comity/protocol";
import type { Layout } from "./layout.ts";

/** The member's word: Ed25519 by the identity key that genesis names. */
export function signAsMember(layout: Layout, memberId: string, bytes: Uint8Array): string {
  return toHex(sign(null, bytes, createPrivateKey(readFileSync(layout.identityKey(memberId)))));
}

/** The public half of the key with which it does so. */
export function memberIdentityKey(layout: Layout, memberId: string): string {
  return publicHalf(createPrivateKey(readFileSync(layout.identityKey(memberId))));
}

export interface ReceiptKeyFile {
  readonly receiptKeyFile: string;
  /** By which the member vouches for the key. */
  readonly keySignature: string;
}

/** The key with which a member's gateway signs receipts for tips; made where there is none. */
export function gatewayReceiptKey(layout: Layout, networkId: NetworkId, id: string): ReceiptKeyFile {
  const receiptKeyFile = layout.receiptKey(id);
  if (!existsSync(receiptKeyFile)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(receiptKeyFile, privateKey.export({ type: "pkcs8", format: "pem" }), {
      mode: 0o600,
      flag: "wx",
    });
  }
  const receiptKey = publicHalf(createPrivateKey(readFileSync(receiptKeyFile)));
  const bytes = tipGatewayBytes(networkId, { memberId: parseMemberId(id), receiptKey });
  return { receiptKeyFile, keySignature: signAsMember(layout, id, bytes) };
}

function publicHalf(key: KeyObject): string {
  return toHex(createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32));
}
