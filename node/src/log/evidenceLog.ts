/** One member's log of one site, as this node holds it: its own or a mirror of another member's. */
export interface LogHead {
  readonly origin: string;
  /** Index of the member whose identity key signs the log. */
  readonly ownerIndex: number;
  readonly own: boolean;
  readonly size: number;
  /** Root over `size` entries, hex. */
  readonly root: string;
  /** Newest signed note whose tree is wholly held; its size is below `size` while a mirror catches up. */
  readonly checkpoint: string | undefined;
}

export interface LogItem {
  /** Leaf: protocol's log entry. */
  readonly entry: Uint8Array;
  /** Sidecar: the records that the entry's segment names by their root. */
  readonly records: Uint8Array;
}

/** Two notes that one owner signed and that cannot both be true: of one size, or of two sizes where the trees do not fit. */
export interface Equivocation {
  readonly origin: string;
  readonly first: string;
  readonly second: string;
}

/** Own logs and mirrors alike, by origin. What a promise resolved for is on disk. */
export interface EvidenceLogs {
  list(): LogHead[];
  head(origin: string): LogHead | undefined;
  /** The own log of this origin; an empty one with a signed checkpoint is made if there is none. */
  open(origin: string): Promise<LogHead>;
  /** Own logs only. Resolves once items, sidecars and a new signed checkpoint are on disk; without items, another of the same tree. */
  append(origin: string, items: readonly LogItem[]): Promise<{ from: number; size: number }>;
  /**
   * Others' logs only: stores items that follow what is held and returns the size now held. Items already held are skipped; where `from`
   * is past that size nothing is stored. `checkpoint` may be of a larger tree if `proof` shows consistency with it.
   */
  mirror(
    origin: string,
    from: number,
    items: readonly LogItem[],
    checkpoint: string,
    proof?: readonly Uint8Array[],
  ): Promise<{ size: number }>;
  /** Compares a note seen elsewhere with what is held. @throws LogError LOG_FORKED after keeping the proof */
  observe(origin: string, checkpoint: string): Promise<void>;
  /** Entries of [from, to), at most 65,536 at once. */
  entries(origin: string, from: number, to: number): Promise<Uint8Array[]>;
  records(recordRoot: string): Promise<Uint8Array | undefined>;
  inclusion(origin: string, index: number, size: number): Promise<Uint8Array[]>;
  consistency(origin: string, fromSize: number, size: number): Promise<Uint8Array[]>;
  rootAt(origin: string, size: number): Promise<string>;
  /** What C2SP tlog-tiles serves under `path` (`checkpoint`, `tile/…`), or undefined. */
  resource(origin: string, path: string): Promise<Uint8Array | undefined>;
  equivocations(): Promise<Equivocation[]>;
  onAppend(listener: (origin: string) => void): void;
  onEquivocation(listener: (proof: Equivocation) => void): void;
}
