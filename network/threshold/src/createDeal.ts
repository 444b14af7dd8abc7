import { type G1Point, toHex } from "@comity/protocol";
import { type Acceptance, verifyEncryptionKey } from "./acceptance.ts";
import { constantTermClaim, type Deal, dealBinding, ephemeralClaim } from "./deal.ts";
import { DealError } from "./errors.ts";
import { encodePoint, G1, pointOf } from "./point.ts";
import { prove } from "./prove.ts";
import { drawScalar, type RandomBytes } from "./random.ts";
import { Fr } from "./scalar.ts";
import { isMember, type Session } from "./session.ts";
import { type Pair, sealShare } from "./share.ts";

export interface DealOptions {
  readonly session: Session;
  readonly dealer: number;
  /** The members who accepted the session, the dealer among them, in any order. */
  readonly recipients: readonly Acceptance[];
  readonly random: RandomBytes;
}

/**
 * A dealer's contribution. Store it before sending it and always send these bytes: another deal of the same dealer disqualifies it.
 * Nothing else of it is to be kept; the polynomial and the ephemeral key are forgotten when this returns.
 * @throws SessionError SESSION_INVALID; ShareError RANDOM_INVALID; DealError DEAL_DEALER, DEAL_RECIPIENTS
 */
export function createDeal({ session, dealer, recipients, random }: DealOptions): Deal {
  if (!isMember(session, dealer)) throw new DealError("DEAL_DEALER", `the session has no member ${dealer}`);
  const keys = encryptionKeys(session, recipients);
  const coefficients = Array.from({ length: session.t }, () => drawScalar(random));
  return dealWith({ session, dealer, keys, coefficients, ephemeralSecret: drawScalar(random), random });
}

export interface DealParts {
  readonly session: Session;
  readonly dealer: number;
  readonly keys: ReadonlyMap<number, G1Point>;
  readonly coefficients: readonly bigint[];
  readonly ephemeralSecret: bigint;
  readonly random: RandomBytes;
}

/** `createDeal` with the secrets given: for it and for the tests of dealers that choose theirs badly. */
export function dealWith({ session, dealer, keys, coefficients, ephemeralSecret, random }: DealParts): Deal {
  const commitments = coefficients.map((coefficient) => G1.BASE.multiply(coefficient));
  const ephemeral = G1.BASE.multiply(ephemeralSecret);
  const binding = dealBinding(session, dealer, { commitments, ephemeral });
  const shares = [...keys].map(([index, encryptionKey]) => {
    const pair: Pair = { index, encryptionKey, sharedKey: encryptionKey.multiply(ephemeralSecret) };
    return { index, ciphertext: sealShare(binding, pair, evaluate(coefficients, index)) };
  });
  return {
    dealer,
    commitments: commitments.map((commitment) => toHex(encodePoint(commitment))),
    proof: prove(constantTermClaim(binding, commitments[0] ?? G1.ZERO), coefficients[0] ?? 0n, random),
    ephemeral: toHex(encodePoint(ephemeral)),
    ephemeralProof: prove(ephemeralClaim(binding, ephemeral), ephemeralSecret, random),
    shares,
  };
}

/** Σ coefficients[k] · x^k modulo r. */
function evaluate(coefficients: readonly bigint[], x: number): bigint {
  return coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, BigInt(x)), coefficient), 0n);
}

/** By ascending index. A key without proof could be another member's, or a point that makes the dealer an oracle. */
function encryptionKeys(session: Session, recipients: readonly Acceptance[]): Map<number, G1Point> {
  const keys = new Map<number, G1Point>();
  for (const { index, encryptionKey, proof } of recipients.toSorted((a, b) => a.index - b.index)) {
    const point = pointOf(encryptionKey);
    if (!point || keys.has(index) || !verifyEncryptionKey(session, index, encryptionKey, proof)) {
      throw new DealError("DEAL_RECIPIENTS", `the encryption key of member ${index} is not to be used`);
    }
    keys.set(index, point);
  }
  return keys;
}
