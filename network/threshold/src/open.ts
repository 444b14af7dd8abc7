import { toHex } from "@comity/protocol";
import { type Accusation, accusationClaim } from "./accusation.ts";
import { checkProofs, type Deal, type DealPoints, dealPoints } from "./deal.ts";
import { ShareError } from "./errors.ts";
import { encodePoint, G1 } from "./point.ts";
import { prove } from "./prove.ts";
import type { RandomBytes } from "./random.ts";
import { decodeScalar, encodeScalar, Fr } from "./scalar.ts";
import type { Session } from "./session.ts";
import { ciphertextFor, openGoodShare, type Pair } from "./share.ts";

export interface OpenOptions {
  readonly session: Session;
  readonly deal: Deal;
  /** The member that opens. */
  readonly index: number;
  /** Of its encryption key for this session, 32 bytes. */
  readonly secret: Uint8Array;
}

/**
 * The member's share of one deal, 32 bytes, checked against the deal's commitments.
 * @throws ShareError SHARE_INVALID if it is bad, so that the dealer is to be accused; SHARE_ABSENT if the deal has none for this
 *   member; SECRET_INVALID; SessionError and DealError for a deal that `checkDeal` refuses
 */
export function openShare(options: OpenOptions): Uint8Array {
  const { points, pair, ciphertext } = unseal(options);
  const share = openGoodShare(points, pair, ciphertext);
  if (share === undefined) {
    throw new ShareError("SHARE_INVALID", `the share that member ${options.deal.dealer} dealt is bad`);
  }
  return encodeScalar(share);
}

/**
 * Proves in public that a deal's share for this member is bad, by revealing the key of that one ciphertext.
 * @throws ShareError ACCUSATION_UNFOUNDED if the share is good; else as `openShare`
 */
export function createAccusation(options: OpenOptions & { readonly random: RandomBytes }): Accusation {
  const { points, pair, ciphertext, secret } = unseal(options);
  if (openGoodShare(points, pair, ciphertext) !== undefined) {
    throw new ShareError("ACCUSATION_UNFOUNDED", "the share is good; to accuse would only reveal it");
  }
  return {
    dealer: options.deal.dealer,
    accuser: options.index,
    sharedKey: toHex(encodePoint(pair.sharedKey)),
    proof: prove(accusationClaim(points, pair), secret, options.random),
  };
}

interface Unsealed {
  readonly points: DealPoints;
  readonly pair: Pair;
  readonly ciphertext: string;
  readonly secret: bigint;
}

/** Without the dealer's proof for its ephemeral key, a copied one would make the accuser decrypt somebody else's deal in public. */
export function unseal({ session, deal, index, secret: encoded }: OpenOptions): Unsealed {
  const points = dealPoints(session, deal);
  checkProofs(deal, points);
  const ciphertext = ciphertextFor(deal, index);
  if (ciphertext === undefined)
    throw new ShareError("SHARE_ABSENT", `the deal has no share for member ${index}`);
  const secret = secretScalar(encoded);
  const encryptionKey = G1.BASE.multiply(secret);
  return {
    points,
    ciphertext,
    secret,
    pair: { index, encryptionKey, sharedKey: points.ephemeral.multiply(secret) },
  };
}

/** @throws ShareError SECRET_INVALID unless the bytes are a scalar from 1 to r − 1 */
function secretScalar(bytes: Uint8Array): bigint {
  const scalar = decodeScalar(bytes);
  if (!scalar)
    throw new ShareError("SECRET_INVALID", "a secret must be 32 bytes that encode a scalar from 1 to r − 1");
  return scalar;
}

/**
 * The member's secret share of the group key, 32 bytes: the sum of what it opened, one share of every deal in QUAL.
 * @throws ShareError SECRET_INVALID for a share that is no scalar, or a sum of zero
 */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array {
  const scalars = shares.map(decodeScalar);
  const sum = scalars.reduce<bigint>((total, scalar) => Fr.add(total, scalar ?? 0n), 0n);
  if (scalars.includes(undefined) || sum === 0n) {
    throw new ShareError("SECRET_INVALID", "the shares do not add up to a secret share");
  }
  return encodeScalar(sum);
}
