import { type G1Point, toHex } from "@comity/protocol";
import { dealWith } from "../src/createDeal.ts";
import { constantTermClaim, type Deal, dealBinding, dealPoints } from "../src/deal.ts";
import { encodePoint, G1, pointOf } from "../src/point.ts";
import { prove } from "../src/prove.ts";
import { sealShare } from "../src/share.ts";
import type { Accepted } from "./keyGeneration.ts";

export function keysOf({ accepts }: Accepted): Map<number, G1Point> {
  return new Map(
    accepts.map(({ index, encryptionKey }): [number, G1Point] => [index, pointOf(encryptionKey)!]),
  );
}

/** A deal of chosen secrets. */
export function chosenDeal(
  group: Accepted,
  dealer: number,
  coefficients: bigint[],
  ephemeralSecret: bigint,
): Deal {
  const { session, random } = group;
  return dealWith({ session, dealer, keys: keysOf(group), coefficients, ephemeralSecret, random });
}

/** A deal that passes every public check, with a properly sealed share for `victim` that is `share` and not on the polynomial. */
export function dealWithBadShare(group: Accepted, dealer: number, victim: number, share: bigint): Deal {
  const ephemeralSecret = 12_345n;
  const deal = chosenDeal(
    group,
    dealer,
    [...Array(group.session.t).keys()].map((k) => BigInt(k + 1)),
    ephemeralSecret,
  );
  const encryptionKey = keysOf(group).get(victim)!;
  const pair = { index: victim, encryptionKey, sharedKey: encryptionKey.multiply(ephemeralSecret) };
  const ciphertext = sealShare(dealPoints(group.session, deal).binding, pair, share);
  return withCiphertext(deal, victim, ciphertext);
}

export function withCiphertext(deal: Deal, victim: number, ciphertext: string): Deal {
  return {
    ...deal,
    shares: deal.shares.map((share) => (share.index === victim ? { ...share, ciphertext } : share)),
  };
}

/**
 * The deal of a thief who took another dealer's ephemeral point and ciphertexts: its polynomial is its own and proven, but it cannot
 * prove the ephemeral key. Accusing it would reveal the victim's share of the other deal.
 */
export function thiefDeal(group: Accepted, dealer: number, victim: Deal): Deal {
  const secrets = [...Array(group.session.t).keys()].map((k) => BigInt(k + 1));
  const commitments = secrets.map((secret) => G1.BASE.multiply(secret));
  const binding = dealBinding(group.session, dealer, { commitments, ephemeral: pointOf(victim.ephemeral)! });
  return {
    ...victim,
    dealer,
    commitments: commitments.map((point) => toHex(encodePoint(point))),
    proof: prove(constantTermClaim(binding, commitments[0]!), 1n, group.random),
  };
}

/** Encodings that are no proper points of G1; most are accepted by some library's defaults. */
export function improperPointsFor(proper: string) {
  return {
    infinity: `c0${"00".repeat(47)}`,
    "dirty infinity": `c0${"00".repeat(46)}01`,
    "a point outside the subgroup": `80${"00".repeat(46)}04`,
    "x equal to the field's modulus":
      "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    "a point without the compression flag": `1${proper.slice(1)}`,
  };
}
