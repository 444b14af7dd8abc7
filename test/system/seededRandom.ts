import { randomBytes } from "node:crypto";
import { sha256, u32, utf8 } from "@comity/protocol";

/** Uniform in [0, 1). Its seed is printed; COMITY_SEED repeats a run. */
export function seededRandom(purpose: string): () => number {
  const seed = process.env["COMITY_SEED"] ?? randomBytes(8).toString("hex");
  console.log(`      ${purpose}: COMITY_SEED=${seed}`);
  let drawn = 0;
  return () => {
    const bytes = sha256(utf8(seed), u32(drawn++));
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
  };
}
