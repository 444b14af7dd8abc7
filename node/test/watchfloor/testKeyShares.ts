import { createHash } from "node:crypto";
import { publicShareOf } from "@comity/threshold";

/** Order of the groups of BLS12-381. */
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

export interface TestGroupKey {
  readonly groupKey: Uint8Array;
  readonly shares: readonly {
    readonly index: number;
    readonly secretShare: Uint8Array;
    readonly publicShare: Uint8Array;
  }[];
}

/** A t-of-n key that is the same in every run. Somebody knows all of it, so it is good for tests only. */
export function testGroupKey(name: string, threshold: number, memberCount: number): TestGroupKey {
  const coefficients = Array.from({ length: threshold }, (_, i) => scalarOf(`${name} ${i}`));
  const valueAt = (x: bigint): bigint => coefficients.reduceRight((sum, a) => (sum * x + a) % ORDER, 0n);
  return {
    groupKey: publicShareOf(toBytes(valueAt(0n))),
    shares: Array.from({ length: memberCount }, (_, i) => {
      const secretShare = toBytes(valueAt(BigInt(i + 1)));
      return { index: i + 1, secretShare, publicShare: publicShareOf(secretShare) };
    }),
  };
}

function scalarOf(text: string): bigint {
  return BigInt(`0x${createHash("sha256").update(text).digest("hex")}`) % ORDER;
}

function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
}
