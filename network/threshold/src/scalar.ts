import { bls12_381 } from "@noble/curves/bls12-381.js";
import { hash_to_field } from "@noble/curves/abstract/hash-to-curve.js";
import { sha256 } from "@noble/hashes/sha2.js";

export const Fr = bls12_381.fields.Fr;
export const SCALAR_BYTES = 32;
/** Bytes that make a scalar without noticeable bias: ⌈(255 + 128) / 8⌉. */
export const WIDE_BYTES = 48;

const CHALLENGE_DST = "COMITY-V1-DKG_XMD:SHA-256";

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The scalar that 32 bytes encode, or undefined unless it is below r. */
export function decodeScalar(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== SCALAR_BYTES) return undefined;
  const scalar = toBigInt(bytes);
  return scalar < Fr.ORDER ? scalar : undefined;
}

export function encodeScalar(scalar: bigint): Uint8Array {
  return Fr.toBytes(scalar);
}

/** 48 uniform bytes to a scalar from 1 to r − 1. */
export function scalarFromWide(bytes: Uint8Array): bigint {
  return 1n + (toBigInt(bytes) % (Fr.ORDER - 1n));
}

/** H of the README: `hash_to_field` of RFC 9380, section 5.2, into the scalars. */
export function challenge(input: Uint8Array): bigint {
  const hashed = hash_to_field(input, 1, {
    DST: CHALLENGE_DST,
    p: Fr.ORDER,
    m: 1,
    k: 128,
    expand: "xmd",
    hash: sha256,
  });
  return hashed[0]?.[0] ?? 0n;
}
