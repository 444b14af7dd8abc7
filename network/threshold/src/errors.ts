import { DomainError } from "@comity/protocol";

export type DealErrorCode =
  "DEAL_DEALER" | "DEAL_DEGREE" | "DEAL_RECIPIENTS" | "DEAL_POINT" | "DEAL_PROOF" | "DEAL_EPHEMERAL";

/** A deal that fails a check that everybody can make. The package's README lists the codes. */
export class DealError extends DomainError<DealErrorCode> {}

/** Deals that do not make a key together. */
export class KeyError extends DomainError<"KEY_DEALS"> {}

export type ShareErrorCode =
  "SHARE_INVALID" | "SHARE_ABSENT" | "SECRET_INVALID" | "RANDOM_INVALID" | "ACCUSATION_UNFOUNDED";

/** What can go wrong with a member's own secrets. */
export class ShareError extends DomainError<ShareErrorCode> {}

/** Partial signatures that do not combine. */
export class CombineError extends DomainError<"COMBINE_TOO_FEW" | "COMBINE_MISMATCH"> {}
