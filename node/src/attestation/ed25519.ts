import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { ed25519Spki, type Ed25519Verify, isStrictEd25519 } from "@comity/protocol";

/**
 * Protocol's `verifyEd25519` with parsed keys kept, which saves a quarter of the time. OpenSSL alone accepts more (non-canonical keys, points of
 * small order): `isStrictEd25519` refuses these first, so that all verifiers of the network give one verdict.
 */
export function createEd25519Verify(options: { readonly maxKeys: number }): Ed25519Verify {
  const keys = new Map<string, KeyObject>();
  return (publicKey, message, signature) => {
    if (!isStrictEd25519(publicKey, signature)) return false;
    try {
      return verify(null, message, keyObject(keys, publicKey, options.maxKeys), signature);
    } catch {
      return false;
    }
  };
}

/** Parsed keys are kept, the longest unused one given up first. */
function keyObject(keys: Map<string, KeyObject>, publicKey: Uint8Array, maxKeys: number): KeyObject {
  const name = Buffer.from(publicKey).toString("latin1");
  const key =
    keys.get(name) ??
    createPublicKey({ key: Buffer.from(ed25519Spki(publicKey)), format: "der", type: "spki" });
  keys.delete(name);
  keys.set(name, key);
  for (const oldest of keys.keys()) {
    if (keys.size <= maxKeys) break;
    keys.delete(oldest);
  }
  return key;
}
