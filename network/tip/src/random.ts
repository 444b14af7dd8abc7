import { TipError } from "./errors.ts";

/** A cryptographic random source, such as `randomBytes` of Node's crypto. */
export type RandomBytes = (size: number) => Uint8Array;

/** A plain array of its own: HPKE takes whole buffers. @throws TipError TIP_RANDOM if the source gives another number of bytes */
export function draw(random: RandomBytes, size: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(random(size));
  if (bytes.length === size) return bytes;
  throw new TipError("TIP_RANDOM", `the random source gave ${bytes.length} bytes instead of ${size}`);
}
