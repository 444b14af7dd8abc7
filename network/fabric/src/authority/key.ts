import { createPrivateKey, createPublicKey, type webcrypto } from "node:crypto";
import { AuthorityError } from "./authorityError.ts";

export const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
}

export async function privateKeyToPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

/** The authority's own key pair from its PKCS#8 file. */
export async function keysFromPem(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new AuthorityError("AUTHORITY_KEY", "an authority's key is ECDSA on P-256");
  }
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  const spki = createPublicKey(pem).export({ format: "der", type: "spki" });
  return {
    privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, ecdsa, true, ["sign"]),
    publicKey: await crypto.subtle.importKey("spki", spki, ecdsa, true, ["verify"]),
  };
}

/** A subject's own public key (SPKI, PEM): ECDSA P-256 or Ed25519, the two that a Fabric channel accepts. */
export async function subjectKeyFromPem(pem: string): Promise<webcrypto.CryptoKey> {
  const key = createPublicKey(pem);
  const spki = key.export({ format: "der", type: "spki" });
  if (key.asymmetricKeyType === "ed25519") {
    return crypto.subtle.importKey("spki", spki, { name: "Ed25519" }, true, ["verify"]);
  }
  if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") {
    return crypto.subtle.importKey("spki", spki, ecdsa, true, ["verify"]);
  }
  throw new AuthorityError("AUTHORITY_KEY", "a certificate's public key is ECDSA P-256 or Ed25519");
}
