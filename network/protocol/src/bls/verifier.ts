/**
 * Group signatures: BLS on BLS12-381 with public keys in G1 (48 bytes) and signatures in G2 (96 bytes).
 * Every implementation has the same verdict on every input: points are compressed, canonical (x below the field's modulus), not the
 * point at infinity, on the curve and in the subgroup of prime order. Anything else is `false`; nothing is thrown.
 * Source: draft-irtf-cfrg-bls-signature-05 §2.5 and §3.3, draft-irtf-cfrg-pairing-friendly-curves-11 appendix C.
 *
 * @example
 * nobleBls.verify(groupKey, statementDigest, signature); // boolean
 */
export interface BlsVerifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  isPublicKey(bytes: Uint8Array): boolean;
  isSignature(bytes: Uint8Array): boolean;
}

/** The ciphersuite with proof of possession: keys of a group come from a key generation whose dealers proved that they know their parts. */
export const BLS_CIPHERSUITE = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

export const G1_BYTES = 48;
export const G2_BYTES = 96;

const FORM_FLAGS = 0b1100_0000;
const COMPRESSED_FINITE = 0b1000_0000;

/** Whether bytes claim to be one compressed point that is not infinity: the forms on which libraries differ end here. */
export function isCompressedFinite(bytes: Uint8Array, sizeBytes: number): boolean {
  return bytes.length === sizeBytes && ((bytes[0] ?? 0) & FORM_FLAGS) === COMPRESSED_FINITE;
}
