import { bls12_381 } from "@noble/curves/bls12-381.js";
import { G1_BYTES, G2_BYTES, isCompressedFinite } from "./verifier.ts";

export type G1Point = ReturnType<typeof bls12_381.G1.Point.fromBytes>;
export type G2Point = ReturnType<typeof bls12_381.G2.Point.fromBytes>;

/**
 * The point of G1 that 48 bytes encode, or undefined unless they are compressed, canonical, not infinity, on the curve and in the
 * subgroup. Never throws. Source: draft-irtf-cfrg-pairing-friendly-curves-11 appendix C.2.
 */
export function decodeG1(bytes: Uint8Array): G1Point | undefined {
  return decode(bytes, G1_BYTES, (encoded) => bls12_381.G1.Point.fromBytes(encoded));
}

/** As `decodeG1`, for the 96 bytes of a point of G2. */
export function decodeG2(bytes: Uint8Array): G2Point | undefined {
  return decode(bytes, G2_BYTES, (encoded) => bls12_381.G2.Point.fromBytes(encoded));
}

function decode<P extends { is0(): boolean }>(
  bytes: Uint8Array,
  sizeBytes: number,
  fromBytes: (bytes: Uint8Array) => P,
): P | undefined {
  if (!isCompressedFinite(bytes, sizeBytes)) return undefined;
  try {
    const point = fromBytes(bytes); // checks field, curve and subgroup
    return point.is0() ? undefined : point;
  } catch {
    return undefined;
  }
}
