import { createPublicKey, hash, verify } from "node:crypto";
import { ed25519Spki } from "../spki.ts";

/** The same as `portable.ts` by the library that Node itself uses: SHA-256 of a segment in a fifth of the time, Ed25519 in a tenth. */

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array()] = parts;
  const digest = hash("sha256", parts.length === 1 ? first : Buffer.concat(parts), "buffer");
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}

export function satisfiesEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(ed25519Spki(publicKey)), format: "der", type: "spki" });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}
