import type { AlertStatement, BundleErrorCode, VerifiedBundle } from "@comity/protocol";

/** What a gateway says about an alert. None of it is to be believed before `verifyListed` agrees. */
export interface ListedAlert {
  readonly alertId: string;
  readonly keyEpoch: number;
  readonly statement: AlertStatement;
  readonly signature: string;
  readonly digest: string;
  readonly status: "open" | "superseded";
  readonly filedMs: number;
}

export type BrokenCode =
  | BundleErrorCode
  /** The gateway lists the alert and does not hand out its evidence. */
  | "BUNDLE_HIDDEN"
  /** The evidence is genuine, and the list says something else than what was signed. */
  | "LISTING_DIFFERS"
  /** The gateway listed the alert before and has stopped doing so. */
  | "LISTING_WITHDRAWN"
  /** The check itself did not run to its end, so it shows nothing. */
  | "CHECK_FAILED";

export interface Verified {
  readonly isVerified: true;
  readonly bundle: VerifiedBundle;
  readonly sizeBytes: number;
}

export interface Broken<C extends string = BrokenCode> {
  readonly isVerified: false;
  readonly code: C;
  readonly detail: string;
}

export type Verdict = Verified | Broken;

export function broken<const C extends string>(code: C, detail: string): Broken<C> {
  return { isVerified: false, code, detail };
}
