import { type KeyObject, sign as cryptoSign, verify as cryptoVerify } from "node:crypto";

/** Order of P-256; Fabric accepts only the lower of the two S that make a valid signature. */
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const halfOrder = order >> 1n;

/** ECDSA P-256 with SHA-256 and a low S, or Ed25519; anything else is false. */
export function verifySignature(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (key.asymmetricKeyType === "ed25519") return cryptoVerify(null, data, key, signature);
    const s = sOf(signature);
    if (s === undefined || s > halfOrder) return false;
    return cryptoVerify("sha256", data, key, signature);
  } catch {
    return false; // OpenSSL throws at some malformed signatures
  }
}

/** As Fabric's members sign: DER with a low S for ECDSA. */
export function signBytes(key: KeyObject, data: Uint8Array): Buffer {
  if (key.asymmetricKeyType === "ed25519") return cryptoSign(null, data, key);
  const raw = cryptoSign("sha256", data, { key, dsaEncoding: "ieee-p1363" });
  const r = BigInt(`0x${raw.subarray(0, 32).toString("hex")}`);
  const s = BigInt(`0x${raw.subarray(32).toString("hex")}`);
  const body = Buffer.concat([derInteger(r), derInteger(s > halfOrder ? order - s : s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

export function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}

/** The S of SEQUENCE { INTEGER r, INTEGER s }; OpenSSL checks the rest of the encoding. */
function sOf(signature: Uint8Array): bigint | undefined {
  const rLength = signature[3] ?? 0;
  const at = 4 + rLength;
  const sLength = signature[at + 1];
  if (
    signature[at] !== 0x02 ||
    sLength === undefined ||
    sLength === 0 ||
    at + 2 + sLength !== signature.length
  ) {
    return undefined;
  }
  return BigInt(`0x${Buffer.from(signature.subarray(at + 2)).toString("hex")}`);
}
