import { bls12_381 } from "@noble/curves/bls12-381.js";
import { decodeG1, decodeG2 } from "./points.ts";
import { BLS_CIPHERSUITE, type BlsVerifier } from "./verifier.ts";

const { longSignatures } = bls12_381;

/** Verifier for every runtime, browsers included. About 20 ms a signature. */
export const nobleBls: BlsVerifier = {
  verify(publicKey, message, signature) {
    const key = decodeG1(publicKey);
    const point = decodeG2(signature);
    if (!key || !point) return false;
    return longSignatures.verify(point, longSignatures.hash(message, BLS_CIPHERSUITE), key);
  },
  isPublicKey: (bytes) => decodeG1(bytes) !== undefined,
  isSignature: (bytes) => decodeG2(bytes) !== undefined,
};
