import { blstBls, decodeG2, type G2Point } from "@comity/protocol";
import * as blst from "@chainsafe/blst";
import { CombineError, ShareError } from "./errors.ts";
import { interpolate } from "./interpolate.ts";

const verifier = blstBls(blst);

/** A member's partial signature over a digest, as it comes out of `signPartial`: 96 bytes. */
export interface PartialSignature {
  readonly index: number;
  readonly partial: Uint8Array;
}

/**
 * The member's partial signature, 96 bytes. A pure function of share and digest.
 * @throws ShareError SECRET_INVALID
 */
export function signPartial(secretShare: Uint8Array, digest: Uint8Array): Uint8Array {
  return secretKey(secretShare).sign(digest).toBytes(true);
}

/** The public share that belongs to a secret share, 48 bytes. @throws ShareError SECRET_INVALID */
export function publicShareOf(secretShare: Uint8Array): Uint8Array {
  return secretKey(secretShare).toPublicKey().toBytes(true);
}

function secretKey(secretShare: Uint8Array): blst.SecretKey {
  try {
    return blst.SecretKey.fromBytes(secretShare);
  } catch {
    throw new ShareError(
      "SECRET_INVALID",
      "a secret share must be 32 bytes that encode a scalar from 1 to r − 1",
    );
  }
}

/** Whether a partial signature is that of the member with this public share. Never throws. */
export function verifyPartial(publicShare: Uint8Array, digest: Uint8Array, partial: Uint8Array): boolean {
  return verifier.verify(publicShare, digest, partial);
}

export interface CombineOptions {
  readonly threshold: number;
  readonly groupKey: Uint8Array;
  readonly publicShares: ReadonlyMap<number, Uint8Array>;
  readonly digest: Uint8Array;
  /** In any order; bad ones and repetitions are passed over. */
  readonly partials: readonly PartialSignature[];
}

/**
 * The group signature, 96 bytes, verified under the group key.
 * @throws CombineError COMBINE_TOO_FEW below `threshold` good partials; COMBINE_MISMATCH if key and public shares do not belong together
 */
export function combinePartials({
  threshold,
  groupKey,
  publicShares,
  digest,
  partials,
}: CombineOptions): Uint8Array {
  const good = new Map<number, G2Point>();
  for (const { index, partial } of partials) {
    if (good.size === threshold) break;
    const publicShare = publicShares.get(index);
    if (good.has(index) || !publicShare || !verifyPartial(publicShare, digest, partial)) continue;
    const point = decodeG2(partial);
    if (point) good.set(index, point);
  }
  if (good.size < threshold) {
    throw new CombineError(
      "COMBINE_TOO_FEW",
      `${good.size} good partial signatures are fewer than ${threshold}`,
    );
  }
  const signature = interpolate(good);
  if (!verifier.verify(groupKey, digest, signature)) {
    throw new CombineError("COMBINE_MISMATCH", "the combined signature does not verify under the group key");
  }
  return signature;
}
