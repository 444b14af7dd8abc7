import { type BlsVerifier, G1_BYTES, G2_BYTES, isCompressedFinite } from "./verifier.ts";

/** The part of @chainsafe/blst that is used; its ciphersuite is fixed to that of Comity. */
export interface BlstLibrary<PublicKey, Signature> {
  readonly PublicKey: { fromBytes(bytes: Uint8Array, validate?: boolean): PublicKey };
  readonly Signature: {
    fromBytes(bytes: Uint8Array, validate?: boolean, refuseInfinity?: boolean): Signature;
  };
  verify(message: Uint8Array, publicKey: PublicKey, signature: Signature): boolean;
}

/** Verifier over the native library, which its caller brings: this package runs without it. About 1.6 ms a signature. */
export function blstBls<PublicKey, Signature>(blst: BlstLibrary<PublicKey, Signature>): BlsVerifier {
  const decodeKey = (bytes: Uint8Array): PublicKey | undefined =>
    attempt(bytes, G1_BYTES, () => blst.PublicKey.fromBytes(bytes, true));
  const decodeSignature = (bytes: Uint8Array): Signature | undefined =>
    attempt(bytes, G2_BYTES, () => blst.Signature.fromBytes(bytes, true, true));
  return {
    verify(publicKey, message, signature) {
      const key = decodeKey(publicKey);
      const point = decodeSignature(signature);
      return key !== undefined && point !== undefined && blst.verify(message, key, point);
    },
    isPublicKey: (bytes) => decodeKey(bytes) !== undefined,
    isSignature: (bytes) => decodeSignature(bytes) !== undefined,
  };
}

function attempt<P>(bytes: Uint8Array, sizeBytes: number, decode: () => P): P | undefined {
  if (!isCompressedFinite(bytes, sizeBytes)) return undefined;
  try {
    return decode();
  } catch {
    return undefined;
  }
}
