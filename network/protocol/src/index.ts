export * from "./accelerators.ts";
export * from "./alert.ts";
export * from "./bls/index.ts";
export {
  type Bundle,
  BundleError,
  type BundleErrorCode,
  claimedGenesis,
  decodeBundle,
  encodeBundle,
  evidenceBytes,
  MAX_BUNDLE_BYTES,
  MAX_EVIDENCE_BYTES,
} from "./bundle.ts";
export * from "./bytes.ts";
export * from "./canonical.ts";
export * from "./claim.ts";
export * from "./decision.ts";
export * from "./decode.ts";
export * from "./duty.ts";
export * from "./ed25519.ts";
export * from "./entry.ts";
export {
  claimedEntryGenesis,
  decidedRevisions,
  decodeEntryBundle,
  encodeEntryBundle,
  type EntryBundle,
  EntryBundleError,
  type EntryBundleErrorCode,
  isEntryBundle,
  makeEntryBundle,
  MAX_ENTRY_BUNDLE_BYTES,
  type SignedRegistry,
} from "./entryBundle.ts";
export * from "./epoch.ts";
export * from "./errors.ts";
export * from "./genesis.ts";
export * from "./gossip.ts";
export * from "./groupSignature.ts";
export * from "./ids.ts";
export * from "./ledger/index.ts";
export * from "./merkle.ts";
export * from "./note.ts";
export * from "./record.ts";
export * from "./registry.ts";
export * from "./release.ts";
export * from "./rulebook.ts";
export * from "./segment.ts";
export * from "./segmentError.ts";
export * from "./spki.ts";
export * from "./statement.ts";
export * from "./time.ts";
export * from "./tipHour.ts";
export * from "./verifyBundle.ts";
export * from "./verifyEntryBundle.ts";
