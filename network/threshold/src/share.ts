/**
 * Sealing and opening of shares: hashed ElGamal over G1 with HKDF-SHA-256 (RFC 5869) and ChaCha20-Poly1305 (RFC 8439), as the
 * README's "Deal" says. The key is bound to the whole deal and its recipient; it seals one message, so the nonce is constant.
 */
import { fields, fromHex, type G1Point, toHex, u16 } from "@comity/protocol";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CIPHERTEXT_BYTES, type Deal, type DealPoints } from "./deal.ts";
import { encodePoint, evaluateInExponent, G1 } from "./point.ts";
import { decodeScalar, encodeScalar } from "./scalar.ts";

const TAG = "comity/v1/dkg/share-key";
const KEY_BYTES = 32;
const NONCE = new Uint8Array(12);

/** Who a ciphertext is for, and the point that only the two of them can compute. */
export interface Pair {
  readonly index: number;
  readonly encryptionKey: G1Point;
  readonly sharedKey: G1Point;
}

function cipherFor(binding: Uint8Array, { index, encryptionKey, sharedKey }: Pair) {
  const info = fields(TAG, u16(index), encodePoint(encryptionKey));
  return chacha20poly1305(hkdf(sha256, encodePoint(sharedKey), binding, info, KEY_BYTES), NONCE);
}

/** @returns the ciphertext, 96 hex digits */
export function sealShare(binding: Uint8Array, pair: Pair, share: bigint): string {
  return toHex(cipherFor(binding, pair).encrypt(encodeScalar(share)));
}

/** The deal's ciphertext for a member, 96 hex digits, or undefined. */
export function ciphertextFor(deal: Deal, index: number): string | undefined {
  return deal.shares.find((share) => share.index === index)?.ciphertext;
}

/** The share in a ciphertext, or undefined unless it is good: opens, below r, and on the committed polynomial. */
export function openGoodShare(points: DealPoints, pair: Pair, ciphertext: string): bigint | undefined {
  const share = openCiphertext(points.binding, pair, ciphertext);
  if (share === undefined) return undefined;
  const image = share === 0n ? G1.ZERO : G1.BASE.multiply(share);
  return image.equals(evaluateInExponent(points.commitments, pair.index)) ? share : undefined;
}

function openCiphertext(binding: Uint8Array, pair: Pair, ciphertext: string): bigint | undefined {
  try {
    return decodeScalar(cipherFor(binding, pair).decrypt(fromHex(ciphertext, CIPHERTEXT_BYTES)));
  } catch {
    return undefined;
  }
}
