import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 as nobleSha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";

/** What Node has of its own, wherever JavaScript runs. */

/** SHA-256 (FIPS 180-4) of the concatenation of `parts`. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return nobleSha256(parts[0]);
  const hash = nobleSha256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * The equation of RFC 8032 §5.1.7 without the cofactor: R is the one encoding of s·B − k·A. Only of keys and signatures that
 * `isStrictEd25519` lets through: of others, implementations differ.
 */
export function satisfiesEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = ed25519.Point.fromBytes(publicKey);
    const r = signature.subarray(0, 32);
    const hash = sha512.create().update(r).update(publicKey).update(message).digest();
    const challenge = bytesToNumberLE(hash) % ed25519.Point.Fn.ORDER;
    const s = bytesToNumberLE(signature.subarray(32));
    const expected = ed25519.Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(challenge));
    return expected.toBytes().every((byte, at) => byte === r[at]);
  } catch {
    return false;
  }
}
