import type { G2Point } from "@comity/protocol";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { Fr } from "./scalar.ts";

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Σ λᵢ · pointᵢ: the value at 0 of the polynomial in the exponent through these points, 96 bytes. Public data only.
 * Every λᵢ is a fraction of small integers. Over their common denominator D the sum is one of small multiples, and the only long multiplication is by
 * 1/D modulo r, where the λᵢ modulo r would take one a point.
 */
export function interpolate(points: ReadonlyMap<number, G2Point>): Uint8Array {
  const indices = [...points.keys()].map(BigInt);
  const terms = [...points].map(([index, point]) => ({ point, ...lagrangeAtZero(indices, BigInt(index)) }));
  const common = terms.reduce((multiple, { denominator }) => lcm(multiple, denominator), 1n);
  const sum = terms
    .map(({ point, numerator, denominator }) => times(point, (numerator * common) / denominator))
    .reduce((total, term) => total.add(term), bls12_381.G2.Point.ZERO);
  return sum.multiplyUnsafe(Fr.inv(common)).toBytes(true);
}

/** λᵢ = Π j/(j − i) over the other indices j, in lowest terms; either part may be negative. */
function lagrangeAtZero(indices: readonly bigint[], own: bigint): Fraction {
  const others = indices.filter((index) => index !== own);
  const numerator = others.reduce((product, j) => product * j, 1n);
  const denominator = others.reduce((product, j) => product * (j - own), 1n);
  const shared = gcd(numerator, denominator);
  return { numerator: numerator / shared, denominator: denominator / shared };
}

function times(point: G2Point, factor: bigint): G2Point {
  return factor < 0n ? point.negate().multiplyUnsafe(-factor) : point.multiplyUnsafe(factor);
}

/** Greatest common divisor, positive. */
function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? magnitude(a) : gcd(b, a % b);
}

/** Least common multiple, positive. */
function lcm(a: bigint, b: bigint): bigint {
  return magnitude(a * b) / gcd(a, b);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
