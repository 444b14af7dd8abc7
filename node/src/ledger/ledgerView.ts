import type {
  AlertDocument,
  EpochRecord,
  HostDocument,
  NoticeDocument,
  RegisterMember,
  SignedEpochRecord,
  SiteDocument,
} from "@comity/protocol";
import type { LedgerBlock } from "@comity/ledger";

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
