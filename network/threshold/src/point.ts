import { decodeG1, fromHex, G1_BYTES, type G1Point } from "@comity/protocol";
import { bls12_381 } from "@noble/curves/bls12-381.js";

export const G1 = bls12_381.G1.Point;

const { Fp } = bls12_381.fields;
const COMPRESSED = 0x80;
const LARGER_Y = 0x20;

/**
 * 48 bytes of a finite point that we decoded or computed. The library's own encoder repeats the subgroup check, which doubles the
 * cost of a deal. Source: draft-irtf-cfrg-pairing-friendly-curves-11 appendix C.1.
 */
export function encodePoint(point: G1Point): Uint8Array {
  const { x, y } = point.toAffine();
  const bytes = Fp.toBytes(x);
  const flags = COMPRESSED | (2n * y > Fp.ORDER ? LARGER_Y : 0);
  return bytes.fill((bytes[0] ?? 0) | flags, 0, 1);
}

/** The point that 96 hex digits encode, by the one strict decoder, or undefined. */
export function pointOf(hex: string): G1Point | undefined {
  try {
    return decodeG1(fromHex(hex, G1_BYTES));
  } catch {
    return undefined;
  }
}

/** Σ points[k] · x^k by Horner's rule; public data only. The result may be infinity. */
export function evaluateInExponent(points: readonly G1Point[], x: number): G1Point {
  return points.reduceRight((sum, point) => sum.multiplyUnsafe(BigInt(x)).add(point), G1.ZERO);
}
