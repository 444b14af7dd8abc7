import { encodeCanonical, faultBound, fields, type G1Point, sha256, u16 } from "@comity/protocol";
import type { Acceptance } from "./acceptance.ts";
import { type Deal, dealHash, dealPoints } from "./deal.ts";
import { KeyError } from "./errors.ts";
import { evaluateInExponent, G1 } from "./point.ts";
import { type Session, sessionHash } from "./session.ts";

const TRANSCRIPT_TAG = "comity/v1/dkg/transcript";

export interface GroupKey {
  /** 48 bytes. */
  readonly groupKey: Uint8Array;
  /** Member index → 48 bytes, in ascending order. A member whose public share would be infinity has none. */
  readonly publicShares: ReadonlyMap<number, Uint8Array>;
}

/**
 * The key that the deals in QUAL make together (README, "Result").
 * @param deals those that passed `checkDeal` and whose dealers are not disqualified, in any order
 * @throws KeyError KEY_DEALS for fewer than n−f deals or two of one dealer; SessionError; DealError
 */
export function groupKeyOf(session: Session, deals: readonly Deal[]): GroupKey {
  assertQualified(session, deals);
  const commitments = deals.map((deal) => dealPoints(session, deal).commitments).reduce(addEach);
  const publicShares = new Map<number, Uint8Array>();
  for (let index = 1; index <= session.n; index++) {
    const publicShare = evaluateInExponent(commitments, index);
    if (!publicShare.is0()) publicShares.set(index, publicShare.toBytes(true));
  }
  const groupKey = evaluateInExponent(commitments, 0);
  if (groupKey.is0()) throw new KeyError("KEY_DEALS", "the deals cancel each other out");
  return { groupKey: groupKey.toBytes(true), publicShares };
}

function assertQualified(session: Session, deals: readonly Deal[]): void {
  const least = session.n - faultBound(session.n);
  if (deals.length < least) {
    throw new KeyError("KEY_DEALS", `${deals.length} deals are too few: a key needs ${least}`);
  }
  if (new Set(deals.map((deal) => deal.dealer)).size !== deals.length) {
    throw new KeyError("KEY_DEALS", "one dealer has two deals");
  }
}

function addEach(sums: readonly G1Point[], more: readonly G1Point[]): readonly G1Point[] {
  return sums.map((sum, k) => sum.add(more[k] ?? G1.ZERO));
}

/**
 * SHA-256 over everything that went into a key: the acceptances and the deals in QUAL, in any order.
 * @throws SessionError SESSION_INVALID
 */
export function transcriptHash(
  session: Session,
  acceptances: readonly Acceptance[],
  deals: readonly Deal[],
): Uint8Array {
  const accepted = acceptances
    .toSorted((a, b) => a.index - b.index)
    .map((each) => sha256(encodeCanonical(each)));
  const dealt = deals.toSorted((a, b) => a.dealer - b.dealer).map(dealHash);
  const counts = [u16(accepted.length), u16(dealt.length)] as const;
  return sha256(fields(TRANSCRIPT_TAG, sessionHash(session), counts[0], ...accepted, counts[1], ...dealt));
}
