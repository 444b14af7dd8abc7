import type { AlertStatement, HostDocument, NoticeDocument, SiteDocument } from "@comity/protocol";

/** The watchfloor's view of the ledger: the own peer's blocks, never what another member says of them. */
export interface WatchfloorLedger {
  height(): bigint;
  blockHash(height: bigint): string | undefined;
  /** When this node saw the block, real ms. */
  blockSeenMs(height: bigint): number | undefined;
  host(hostId: string): HostDocument | undefined;
  site(siteId: string): SiteDocument | undefined;
  /** Every revision of every notice that this block and those before it made. */
  noticeRevisionsAt(height: bigint): readonly NoticeDocument[];
  alerts(): readonly { readonly statement: AlertStatement }[];
}

export interface WatchedHead {
  readonly origin: string;
  readonly ownerIndex: number;
  readonly own: boolean;
  readonly size: number;
  /** Newest signed note whose tree is wholly held. */
  readonly checkpoint: string | undefined;
}

/** The part of the evidence logs that the watchfloor reads. */
export interface WatchedLogs {
  list(): readonly WatchedHead[];
  head(origin: string): WatchedHead | undefined;
  entries(origin: string, from: number, to: number): Promise<Uint8Array[]>;
  records(recordRoot: string): Promise<Uint8Array | undefined>;
  inclusion(origin: string, index: number, size: number): Promise<Uint8Array[]>;
  rootAt(origin: string, size: number): Promise<string>;
}
