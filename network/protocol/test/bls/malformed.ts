import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256, u32, utf8 } from "../../src/bytes.ts";

/** Encodings that are wrong in every way we know, made from one good compressed point of `good.length` bytes. Deterministic. */
export function malformed(good: Uint8Array, randomCount: number): [string, Uint8Array][] {
  return [
    ...infinities(good.length),
    ...wrongFlags(good),
    ...wrongLengths(good),
    ...nonCanonical(good.length),
    ...bitFlips(good),
    ...randomBytes(good.length, randomCount),
  ];
}

const FIELD_MODULUS = bls12_381.fields.Fp.ORDER;

function withFirst(bytes: Uint8Array, first: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, position) => (position === 0 ? first : byte));
}

function infinities(size: number): [string, Uint8Array][] {
  const zero = new Uint8Array(size);
  const dirty = Uint8Array.from(zero, (_, position) => (position === size - 1 ? 1 : 0));
  return [
    ["infinity", withFirst(zero, 0xc0)],
    ["infinity with the sign flag", withFirst(zero, 0xe0)],
    ["infinity without the compression flag", withFirst(zero, 0x40)],
    ["uncompressed infinity", withFirst(new Uint8Array(2 * size), 0x40)],
    ["dirty infinity", withFirst(dirty, 0xc0)],
    ["infinity dirty in its first byte", withFirst(zero, 0xd0)],
    ["x = 0", withFirst(zero, 0x80)],
    ["zeros", zero],
    ["ones", new Uint8Array(size).fill(0xff)],
  ];
}

function wrongFlags(good: Uint8Array): [string, Uint8Array][] {
  const x = (good[0] ?? 0) & 0x1f;
  return [0x00, 0x20, 0x40, 0x60, 0xc0, 0xe0].map((flags) => [`flags ${flags}`, withFirst(good, x | flags)]);
}

function wrongLengths(good: Uint8Array): [string, Uint8Array][] {
  const sizes = [0, 1, 31, 32, 47, 48, 49, 95, 96, 97, 144, 192, 193].filter((size) => size !== good.length);
  const cases = sizes.map((size): [string, Uint8Array] => {
    const bytes = new Uint8Array(size);
    bytes.set(good.subarray(0, size));
    return [`${size} bytes`, bytes];
  });
  return [...cases, ["a doubled point", new Uint8Array([...good, ...good])]];
}

/** x = p, p + 1 … as each of the coordinates: 381 bits hold numbers that are no field elements. */
function nonCanonical(size: number): [string, Uint8Array][] {
  const room = 1n << 381n;
  const tooLarge = [0n, 1n, 2n, 3n, 4n, 5n, room - FIELD_MODULUS - 1n].map((above) => FIELD_MODULUS + above);
  return tooLarge.flatMap((x) =>
    [0x80, 0xa0].flatMap((flags) =>
      Array.from({ length: size / 48 }, (_, coordinate): [string, Uint8Array] => {
        const bytes = new Uint8Array(size);
        for (let i = 0; i < 48; i++) bytes[48 * coordinate + 47 - i] = Number((x >> BigInt(8 * i)) & 0xffn);
        return [`coordinate ${coordinate} ≥ p`, withFirst(bytes, (bytes[0] ?? 0) | flags)];
      }),
    ),
  );
}

const SIGN_FLAG_BIT = 2;

/** One bit of a good encoding flipped, but for the sign flag, whose flip gives the negated point. */
function bitFlips(good: Uint8Array): [string, Uint8Array][] {
  const bits = Array.from({ length: 8 * good.length }, (_, bit) => bit).filter(
    (bit) => bit !== SIGN_FLAG_BIT,
  );
  return bits.map((bit): [string, Uint8Array] => [
    `bit ${bit} flipped`,
    Uint8Array.from(good, (byte, position) => (position === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte)),
  ]);
}

/** Random x with proper flags: half of them are points of the curve, practically none in the subgroup. */
function randomBytes(size: number, count: number): [string, Uint8Array][] {
  return Array.from({ length: count }, (_, seed): [string, Uint8Array] => {
    const parts = [0, 1, 2].map((part) => sha256(utf8("malformed point"), u32(size), u32(seed), u32(part)));
    const bytes = new Uint8Array(parts.flatMap((part) => [...part])).subarray(0, size);
    const flags = seed % 4 === 0 ? (bytes[0] ?? 0) : ((bytes[0] ?? 0) & 0x2f) | 0x80;
    return [`random ${seed}`, withFirst(bytes, seed % 2 === 0 ? flags : flags & ~0x10)];
  });
}

/** Points of the curve outside the subgroup, properly encoded: the first ones by x, both signs. */
export function offSubgroupG1(count: number): Uint8Array[] {
  const { Fp } = bls12_381.fields;
  return offSubgroup(count, 48, (x) => {
    const point = bls12_381.G1.Point.fromAffine({ x, y: Fp.sqrt(Fp.add(Fp.pow(x, 3n), 4n)) });
    return point.isTorsionFree();
  });
}

/** As `offSubgroupG1`, with x in the base field. */
export function offSubgroupG2(count: number): Uint8Array[] {
  const { Fp2 } = bls12_381.fields;
  return offSubgroup(count, 96, (c0) => {
    const x = { c0, c1: 0n };
    const y = Fp2.sqrt(Fp2.add(Fp2.pow(x, 3n), { c0: 4n, c1: 4n }));
    return bls12_381.G2.Point.fromAffine({ x, y }).isTorsionFree();
  });
}

function offSubgroup(count: number, size: number, isInSubgroup: (x: bigint) => boolean): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let x = 1; found.length < count; x++) {
    try {
      if (isInSubgroup(BigInt(x))) continue;
    } catch {
      continue; // no square root: no point has this x
    }
    const bytes = new Uint8Array(size);
    bytes.set([x >> 8, x & 0xff], size - 2);
    found.push(withFirst(bytes, 0x80), withFirst(bytes, 0xa0));
  }
  return found;
}
