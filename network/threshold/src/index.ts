export * from "./verify.ts";
export { createDeal, type DealOptions } from "./createDeal.ts";
export { createEncryptionKey } from "./createEncryptionKey.ts";
export { CombineError, ShareError, type ShareErrorCode } from "./errors.ts";
export { combineShares, createAccusation, openShare, type OpenOptions } from "./open.ts";
export type { RandomBytes } from "./random.ts";
export {
  combinePartials,
  type CombineOptions,
  type PartialSignature,
  publicShareOf,
  signPartial,
  verifyPartial,
} from "./signing.ts";
