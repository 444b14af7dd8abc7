import type {
  AlertDocument,
  BondDocument,
  DigestDocument,
  EpochRecord,
  HostDocument,
  NoticeDocument,
  RegisterMember,
  RegistryName,
  SignedEpochRecord,
  SiteDocument,
  VenueDocument,
} from "@comity/protocol";
import type { LedgerBlock } from "@comity/ledger";
import type { RegistryChange } from "./change.ts";

/** The ledger as this node knows it: everything after the newest block that it has followed, and some of the past. */
export interface LedgerView {
  /** Number of the newest block followed; −1 before the first. */
  height(): bigint;
  /** Hash of a recent block; undefined for one that is unknown or long past. */
  blockHash(height: bigint): string | undefined;
  /** Real time since when a recent block has been known. */
  blockSeenMs(height: bigint): number | undefined;
  host(hostId: string): HostDocument | undefined;
  site(siteId: string): SiteDocument | undefined;
  sites(): readonly SiteDocument[];
  /** Every revision of every notice that a block and those before it made. */
  noticeRevisionsAt(height: bigint): readonly NoticeDocument[];
  alert(alertId: string): AlertDocument | undefined;
  alerts(): readonly AlertDocument[];
  /** Every case at its newest revision. */
  venues(): readonly VenueDocument[];
  venueRevision(venueId: string, rev: number): VenueDocument | undefined;
  /** Every bond at its newest revision. */
  bonds(): readonly BondDocument[];
  /** The newest filed digest of a registry. */
  digest(registry: RegistryName): DigestDocument | undefined;
  /** The newest block that changed a registry; undefined before the network is founded. */
  registryChange(registry: RegistryName): RegistryChange | undefined;
  /** Verified back to genesis. */
  epochs(): readonly SignedEpochRecord[];
  currentEpoch(): EpochRecord | undefined;
  /** Genesis' members, with their nodes as far as they have registered them. */
  members(): readonly RegisterMember[];
  /** Newest closed bucket. */
  closedBucket(): number | undefined;
  /** Called after each block, when its effects are on disk and in this view. */
  onBlock(listener: (block: LedgerBlock) => void): void;
}
