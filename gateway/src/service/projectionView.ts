import type {
  BondDocument,
  DigestDocument,
  NoticeDocument,
  RegistryName,
  SignedEpochRecord,
  StoredAlert,
  VenueDocument,
} from "@comity/protocol";

/** Documents that the outside is shown, by kind. */
export interface Documents {
  readonly bond: BondDocument;
  readonly venue: VenueDocument;
  readonly notice: NoticeDocument;
  readonly alert: StoredAlert;
}
export type DocumentKind = keyof Documents;

/** A document, and the number of the block that wrote it so. */
export interface Written<K extends DocumentKind> {
  readonly height: number;
  readonly document: Documents[K];
}

/** Where a document stands in a list of its kind. */
export interface Place {
  readonly order: string;
  readonly id: string;
}

export interface ProjectionStatus {
  /** Number of the newest block that is in it; −1 before the first. */
  readonly height: number;
  /** `waiting`: what a block changed cannot be read. `broken`: it has ended, since the ledger contradicts itself or is another network's. */
  readonly state: "following" | "waiting" | "broken";
  /** Why, and since when, where it does not follow. */
  readonly reason?: string;
  readonly sinceMs?: number;
}

/** The ledger as the gateway has followed it, block by block. Whatever is asked as of a block has one answer for ever. */
export interface ProjectionView {
  status(): ProjectionStatus;
  /** Real time of the newest transaction in it. */
  timeMs(): number;
  at<K extends DocumentKind>(kind: K, id: string, height: number): Promise<Written<K> | undefined>;
  /** Oldest first. */
  history<K extends DocumentKind>(kind: K, id: string, height: number): Promise<readonly Written<K>[]>;
  /** Each document at its newest revision, in order of place, from behind `after`. */
  scan<K extends DocumentKind>(
    kind: K,
    options: { readonly height: number; readonly after?: Place | undefined },
  ): AsyncIterable<Written<K>>;
  placeOf<K extends DocumentKind>(kind: K, document: Documents[K]): Place;
  /** Number of the block in which another alert replaced this one. */
  supersededAt(alertId: string): Promise<number | undefined>;
  digest(registry: RegistryName): Promise<DigestDocument | undefined>;
  epochs(): Promise<readonly SignedEpochRecord[]>;
}
