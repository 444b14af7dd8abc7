import { createPrivateKey, sign } from "node:crypto";
import type { Identity } from "../network/caller.ts";

/** Of P-256. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A valid ECDSA signature with the higher of the two S that are; Fabric takes the lower one only. */
export function highS({ privateKeyPem }: Identity, data: Uint8Array): Uint8Array {
  const raw = sign("sha256", data, { key: createPrivateKey(privateKeyPem), dsaEncoding: "ieee-p1363" });
  const s = BigInt(`0x${raw.subarray(32).toString("hex")}`);
  const high = s > order / 2n ? s : order - s;
  const body = Buffer.concat([integer(BigInt(`0x${raw.subarray(0, 32).toString("hex")}`)), integer(high)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** In DER: the first bit is the sign. */
function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, positive.length]), positive]);
}
