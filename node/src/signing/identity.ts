import { createPrivateKey, createPublicKey, sign as signWith, type KeyObject } from "node:crypto";
import { DomainError, type MemberEntry, toHex } from "@comity/protocol";
import { readSecret } from "../store/secretFile.ts";

export type IdentityErrorCode = "IDENTITY_MISSING" | "IDENTITY_INVALID" | "IDENTITY_MISMATCH";
export class IdentityError extends DomainError<IdentityErrorCode> {}

/** A member's identity key, named in genesis or at its admission: with it the member vouches for what it says. */
export interface Identity {
  readonly index: number;
  readonly memberId: string;
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

export interface IdentityOptions {
  readonly member: MemberEntry;
  /** Ed25519, PKCS #8 PEM, mode 0600. */
  readonly keyFile: string;
}

/** @throws IdentityError, SecretFileError */
export async function loadIdentity({ member, keyFile }: IdentityOptions): Promise<Identity> {
  const { index, memberId } = member;
  const pem = await readSecret(keyFile);
  if (!pem) throw new IdentityError("IDENTITY_MISSING", `there is no identity key at ${keyFile}`);
  const key = parseKey(pem, keyFile);
  const publicKey = publicKeyOf(key);
  if (toHex(publicKey) !== member.identityKey) {
    throw new IdentityError(
      "IDENTITY_MISMATCH",
      `the coalition knows another identity key of member ${memberId}`,
    );
  }
  return {
    index,
    memberId,
    publicKey,
    sign: (bytes) => new Uint8Array(signWith(null, bytes, key)),
  };
}

function parseKey(pem: Uint8Array, keyFile: string): KeyObject {
  try {
    const key = createPrivateKey(Buffer.from(pem));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Its error may quote the file: ours must not.
  }
  throw new IdentityError("IDENTITY_INVALID", `${keyFile} holds no Ed25519 private key (PKCS #8, PEM)`);
}

/** The last 32 bytes of the DER are the key itself (RFC 8410). */
function publicKeyOf(key: KeyObject): Uint8Array {
  const der = createPublicKey(key).export({ type: "spki", format: "der" });
  return new Uint8Array(der.subarray(der.length - 32));
}
