import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";

/** An Ed25519 key that is the same in every run. */
export interface TestKey {
  readonly publicKey: Uint8Array;
  readonly publicHex: string;
  sign(bytes: Uint8Array): Uint8Array;
}

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export function testKey(name: string): TestKey {
  const seed = createHash("sha256").update(name).digest();
  const key: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = new Uint8Array(spki.subarray(-32));
  return {
    publicKey,
    publicHex: Buffer.from(publicKey).toString("hex"),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
}
