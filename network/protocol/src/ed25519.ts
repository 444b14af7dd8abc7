import { ed25519 } from "@noble/curves/ed25519.js";
import { satisfiesEd25519 } from "#primitives";
import { toHex } from "./bytes.ts";

/** Signature check on raw keys: message and a 64-byte signature under a 32-byte key. Never throws. */
export type Ed25519Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Order of the prime subgroup (RFC 8032 §5.1). */
const ORDER = ed25519.Point.Fn.ORDER;
const FIELD = ed25519.Point.Fp.ORDER;

/** Encodings of points of small order, canonical or not, sign bit cleared: libsodium refuses them as key and as R. */
const SMALL_ORDER = new Set([
  "00".repeat(32),
  "01" + "00".repeat(31),
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ec" + "ff".repeat(30) + "7f",
  "ed" + "ff".repeat(30) + "7f",
  "ee" + "ff".repeat(30) + "7f",
]);

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

function isSmallOrder(encoded: Uint8Array): boolean {
  const cleared = Uint8Array.from(encoded);
  cleared[31] = (cleared[31] ?? 0) & 0x7f;
  return SMALL_ORDER.has(toHex(cleared));
}

function isCanonicalPoint(encoded: Uint8Array): boolean {
  const cleared = Uint8Array.from(encoded);
  cleared[31] = (cleared[31] ?? 0) & 0x7f;
  return littleEndian(cleared) < FIELD;
}

/**
 * What must hold of a key and a signature before the curve equation is tried, so that all verifiers give the same verdict
 * (libsodium's): lengths, s below the order, key canonical, neither key nor R of small order.
 */
export function isStrictEd25519(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (littleEndian(signature.subarray(32)) >= ORDER) return false;
  return isCanonicalPoint(publicKey) && !isSmallOrder(publicKey) && !isSmallOrder(signature.subarray(0, 32));
}

/** A key that may be enrolled: canonical, on the curve, in the prime-order subgroup. */
export function isStrongEd25519Key(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32 || isSmallOrder(publicKey) || !isCanonicalPoint(publicKey)) return false;
  try {
    return ed25519.Point.fromBytes(publicKey).isTorsionFree();
  } catch {
    return false;
  }
}

/** Ed25519 (RFC 8032 §5.1.7 without the cofactor), with one verdict of all verifiers. */
export const verifyEd25519: Ed25519Verify = (publicKey, message, signature) =>
  isStrictEd25519(publicKey, signature) && satisfiesEd25519(publicKey, message, signature);
