import { decodeAlert } from "./alert.ts";
import { decodeCanonical, encodeCanonical } from "./canonical.ts";
import { decodeDecision } from "./decision.ts";
import { type Decoded, hex, integer, list, literal, object, text } from "./decode.ts";
import { MAX_ENTRY_BYTES } from "./entry.ts";
import { signedEpochRecord } from "./epoch.ts";
import { DomainError } from "./errors.ts";
import { genesisId, MAX_MEMBERS, validateGenesis } from "./genesis.ts";
import type { NetworkId } from "./ids.ts";
import { MAX_NOTE_BYTES } from "./note.ts";

export type BundleErrorCode =
  | "BUNDLE_FORM"
  | "BUNDLE_GENESIS"
  | "BUNDLE_EPOCH"
  | "BUNDLE_SIGNATURE"
  | "BUNDLE_DECISIONS"
  | "BUNDLE_CHECKPOINT"
  | "BUNDLE_EVIDENCE"
  | "BUNDLE_FIGURES";
export class BundleError extends DomainError<BundleErrorCode> {}

export const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;
const MAX_ENTRIES = 20_000;
/** Alerts rest on at most so much evidence, or no bundle could hold it. */
export const MAX_EVIDENCE_BYTES = 24 * 1024 * 1024;
/** Room for an entry's proof; in hex both take twice as much. */
const PROOF_BYTES = 1024;

const index = integer(0, Number.MAX_SAFE_INTEGER);
const bundle = object({
  type: literal("comity/v1/bundle"),
  genesis: validateGenesis,
  epochs: list(signedEpochRecord, 10_000, 1),
  statement: decodeAlert,
  keyEpoch: integer(1, Number.MAX_SAFE_INTEGER),
  signature: hex(96),
  decisions: list(decodeDecision, MAX_MEMBERS),
  checkpoint: text(MAX_NOTE_BYTES),
  hosts: list(hex(32), MAX_ENTRIES),
  entries: list(
    object({ index, entry: hex({ maxBytes: MAX_ENTRY_BYTES }), proof: list(hex(32), 64) }),
    MAX_ENTRIES,
    1,
  ),
});

/** Everything that shows, offline, that a coalition signed an alert and on what evidence. */
export type Bundle = Decoded<typeof bundle>;

/** What an entry takes up of `MAX_EVIDENCE_BYTES`. */
export function evidenceBytes(entry: Uint8Array): number {
  return entry.length + PROOF_BYTES;
}

export function encodeBundle(value: Bundle): Uint8Array {
  return encodeCanonical(value);
}

/** The genesis fingerprint that a bundle claims. It proves nothing: compare it with one from elsewhere. @throws BundleError */
export function claimedGenesis(bytes: Uint8Array): NetworkId {
  return genesisId(encodeCanonical(decodeBundle(bytes).genesis));
}

/** @throws BundleError BUNDLE_FORM */
export function decodeBundle(bytes: Uint8Array): Bundle {
  return refuseAs("BUNDLE_FORM", () => bundle(decodeCanonical(bytes, MAX_BUNDLE_BYTES)));
}

/** Runs a check; whatever it throws becomes our error with this code. */
export function refuseAs<T>(code: BundleErrorCode, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (cause instanceof BundleError) throw cause;
    throw new BundleError(code, cause instanceof Error ? cause.message : "unknown", { cause });
  }
}
