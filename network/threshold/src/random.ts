import { ShareError } from "./errors.ts";
import { scalarFromWide, WIDE_BYTES } from "./scalar.ts";

/** A cryptographic random source, such as `randomBytes` of Node's crypto. */
export type RandomBytes = (size: number) => Uint8Array;

/** @throws ShareError RANDOM_INVALID if the source gives another number of bytes */
export function draw(random: RandomBytes, size: number): Uint8Array {
  const bytes = random(size);
  if (bytes.length !== size) {
    throw new ShareError("RANDOM_INVALID", `the random source gave ${bytes.length} bytes instead of ${size}`);
  }
  return bytes;
}

/** A fresh scalar from 1 to r − 1. */
export function drawScalar(random: RandomBytes): bigint {
  return scalarFromWide(draw(random, WIDE_BYTES));
}
