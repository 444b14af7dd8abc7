/**
 * Non-interactive proofs of knowledge of one discrete logarithm (Schnorr, RFC 8235) or of an equal one to two bases
 * (Chaum and Pedersen, CRYPTO '92), as the README's "Proofs" says byte by byte.
 */
import { concat, fields, fromHex, type G1Point } from "@comity/protocol";
import { encodePoint } from "./point.ts";
import { challenge, decodeScalar, Fr, SCALAR_BYTES } from "./scalar.ts";

/** The claim that image = x · base in every pair, for one x. `context` starts with the tag of the proof's purpose. */
export interface Claim {
  readonly context: Uint8Array;
  readonly pairs: readonly { readonly base: G1Point; readonly image: G1Point }[];
}

export const PROOF_BYTES = 2 * SCALAR_BYTES;

/** What the nonce and the challenge begin with: context ‖ fields(images). */
export function claimInput({ context, pairs }: Claim): Uint8Array {
  return concat(context, encodeAll(pairs.map((pair) => pair.image)));
}

/** c, from a claim's input and the marks k · Bᵢ. */
export function claimChallenge(input: Uint8Array, marks: readonly G1Point[]): bigint {
  return challenge(concat(input, encodeAll(marks)));
}

function encodeAll(points: readonly G1Point[]): Uint8Array {
  return fields(...points.map(encodePoint));
}

/** Whether `proof` (128 hex digits) proves the claim. Never throws. */
export function isProven(claim: Claim, proof: string): boolean {
  const scalars = decodeProof(proof);
  if (!scalars) return false;
  const { c, s } = scalars;
  const negated = Fr.neg(c);
  const marks = claim.pairs.map(({ base, image }) => base.mulAddUnsafe(s, image, negated));
  if (marks.some((mark) => mark.is0())) return false;
  return claimChallenge(claimInput(claim), marks) === c;
}

function decodeProof(proof: string): { c: bigint; s: bigint } | undefined {
  try {
    const bytes = fromHex(proof, PROOF_BYTES);
    const c = decodeScalar(bytes.subarray(0, SCALAR_BYTES));
    const s = decodeScalar(bytes.subarray(SCALAR_BYTES));
    return c === undefined || s === undefined ? undefined : { c, s };
  } catch {
    return undefined;
  }
}
