import {
  alertIdOf,
  BundleError,
  canonicalString,
  nobleBls,
  type VerifiedBundle,
  verifyBundle,
} from "@comity/protocol";
import { broken, type ListedAlert, type Verdict } from "./verdict.ts";

/** Checks a bundle against the fingerprint that the visitor brought, and the gateway's list against the bundle. */
export function verifyListed(listed: ListedAlert, bytes: Uint8Array, genesis: string): Verdict {
  try {
    const bundle = verifyBundle(bytes, { genesis, bls: nobleBls });
    const difference = listingDifference(listed, bundle);
    return difference === undefined
      ? { isVerified: true, bundle, sizeBytes: bytes.length }
      : broken("LISTING_DIFFERS", `The ${difference} in the list is not the one that was signed.`);
  } catch (error) {
    if (error instanceof BundleError) return broken(error.code, error.message);
    return broken("CHECK_FAILED", error instanceof Error ? error.message : String(error));
  }
}

function listingDifference(listed: ListedAlert, bundle: VerifiedBundle): string | undefined {
  if (alertIdOf(bundle.statement) !== listed.alertId) return "alert's id";
  if (canonicalString(bundle.statement) !== canonicalString(listed.statement)) return "statement";
  if (bundle.keyEpoch !== listed.keyEpoch) return "key epoch";
  if (bundle.digest !== listed.digest) return "digest";
  return bundle.signature === listed.signature ? undefined : "signature";
}
