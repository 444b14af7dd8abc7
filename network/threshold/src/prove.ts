import { concat, fields, toHex } from "@comity/protocol";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Claim, claimChallenge, claimInput } from "./proof.ts";
import { draw, type RandomBytes } from "./random.ts";
import { encodeScalar, Fr, scalarFromWide, WIDE_BYTES } from "./scalar.ts";

const NONCE_INFO = fields("comity/v1/dkg/nonce");
const FRESH_BYTES = 32;

/** Proves a claim whose x is `secret`, 1 … r − 1. @returns the proof, 128 hex digits */
export function prove(claim: Claim, secret: bigint, random: RandomBytes): string {
  const input = claimInput(claim);
  const nonce = nonceFor(secret, draw(random, FRESH_BYTES), input);
  const marks = claim.pairs.map(({ base }) => base.multiply(nonce));
  const c = claimChallenge(input, marks);
  const s = Fr.add(nonce, Fr.mul(c, secret));
  return toHex(concat(encodeScalar(c), encodeScalar(s)));
}

/** A bad random source alone, or a fault in a repeated run alone, does not reveal the secret: the nonce depends on all three. */
function nonceFor(secret: bigint, fresh: Uint8Array, input: Uint8Array): bigint {
  const material = concat(encodeScalar(secret), fresh, input);
  return scalarFromWide(hkdf(sha256, material, undefined, NONCE_INFO, WIDE_BYTES));
}
