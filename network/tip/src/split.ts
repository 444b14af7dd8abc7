import { combine } from "shamir-secret-sharing";
import { concat, u8 } from "@comity/protocol";
import { draw, type RandomBytes } from "./random.ts";

/** Shamir's scheme over GF(2⁸), byte by byte. The library that joins draws its own randomness to split, so splitting is done here. */

export const KEY_BYTES = 32;
export const SHARE_BYTES = KEY_BYTES + 1;

/** Shares 1, 2 and 3 of a key, any two of which give it back: key + A·i, followed by i. */
export function splitKey(key: Uint8Array, random: RandomBytes): Uint8Array[] {
  const slope = draw(random, KEY_BYTES);
  const doubled = slope.map(times2);
  const points = [slope, doubled, doubled.map((byte, i) => byte ^ (slope[i] ?? 0))];
  return points.map((point, i) =>
    concat(
      point.map((byte, j) => byte ^ (key[j] ?? 0)),
      u8(i + 1),
    ),
  );
}

export function joinKey(first: Uint8Array, second: Uint8Array): Promise<Uint8Array> {
  return combine([Uint8Array.from(first), Uint8Array.from(second)]);
}

/** Multiplication by x, without a branch on what is secret. */
function times2(byte: number): number {
  return ((byte << 1) ^ (0x1b * (byte >> 7))) & 0xff;
}
