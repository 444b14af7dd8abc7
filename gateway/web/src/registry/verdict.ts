import type {
  BondDocument,
  DigestStatement,
  EntryBundleErrorCode,
  RegistryName,
  VenueDocument,
  VerifiedEntry,
} from "@comity/protocol";
import type { Broken } from "../verdict.ts";

export type RegistryDocument = BondDocument | VenueDocument;

/** Why a registry, or what a gateway says of one entry, is not to be relied on. */
export type RegistryCode =
  | EntryBundleErrorCode
  /** The digest is genuine, and the list is not the one that it covers: an entry is hidden, changed or invented. */
  | "LIST_DIFFERS"
  /** The gateway has shown a newer digest before. */
  | "LIST_ROLLED_BACK"
  /** The gateway does not hand out the proof. */
  | "PROOF_HIDDEN"
  /** What the gateway says now of an entry contradicts what the coalition signed. */
  | "NOW_DIFFERS"
  /** The gateway leaves out an entry that the coalition signed. */
  | "NOW_MISSING"
  /** The gateway has shown an entry for long that the coalition has not signed. */
  | "UNSIGNED"
  /** The check itself did not run to its end, so it shows nothing. */
  | "CHECK_FAILED";

export type RegistryBroken = Broken<RegistryCode>;

/** A whole list, as the coalition signed it. */
export interface VerifiedList {
  readonly isVerified: true;
  readonly digest: DigestStatement;
}

/** What the signed registry says of one id. */
export interface VerifiedEntryOf {
  readonly isVerified: true;
  readonly entry: VerifiedEntry;
  readonly sizeBytes: number;
}

export type ListVerdict = VerifiedList | RegistryBroken;
export type EntryVerdict = VerifiedEntryOf | RegistryBroken;

export interface ListJob {
  readonly kind: "list";
  readonly registry: RegistryName;
  readonly genesis: string;
  /** Any bundle of the registry: it carries the digest, and what ties it to genesis. */
  readonly bundle: Uint8Array;
  readonly documents: readonly RegistryDocument[];
  /** Height of the newest digest that was verified before. */
  readonly notBefore: number;
}

export interface EntryJob {
  readonly kind: "entry";
  readonly registry: RegistryName;
  readonly genesis: string;
  readonly id: string;
  readonly bundle: Uint8Array;
  /** Height of the digest that the list was verified with, and what the list says of the id. */
  readonly height: number;
  readonly document: RegistryDocument | null;
}
