import {
  checkpointText,
  consistencyProof,
  decodeEntry,
  formatNote,
  fromHex,
  inclusionProof,
  leafHash,
  parseLogOrigin,
  readCheckpoint,
  toHex,
  TreeHasher,
  treeHash,
} from "@comity/protocol";
import type { TestKey } from "./testKeys.ts";

export interface MemoryItem {
  readonly entry: Uint8Array;
  readonly records: Uint8Array;
}

interface MemoryLog {
  readonly items: MemoryItem[];
  readonly leaves: Uint8Array[];
  readonly hasher: TreeHasher;
  checkpoint: string | undefined;
}

export interface MemoryHead {
  readonly origin: string;
  readonly ownerIndex: number;
  readonly own: boolean;
  readonly size: number;
  readonly root: string;
  readonly checkpoint: string | undefined;
}

/** Evidence logs in memory: what a node's files do, without the files. */
export class MemoryLogs {
  readonly #logs = new Map<string, MemoryLog>();
  readonly #records = new Map<string, Uint8Array>();
  readonly #listeners: ((origin: string) => void)[] = [];
  readonly #ownIndex: number;
  readonly #memberIds: readonly string[];
  readonly #key: TestKey;

  constructor(options: { ownIndex: number; memberIds: readonly string[]; key: TestKey }) {
    this.#ownIndex = options.ownIndex;
    this.#memberIds = options.memberIds;
    this.#key = options.key;
  }

  list(): MemoryHead[] {
    return [...this.#logs.keys()].flatMap((origin) => this.head(origin) ?? []);
  }

  head(origin: string): MemoryHead | undefined {
    const log = this.#logs.get(origin);
    if (!log) return undefined;
    const ownerIndex = this.#memberIds.indexOf(parseLogOrigin(origin).memberId) + 1;
    const size = log.items.length;
    const own = ownerIndex === this.#ownIndex;
    return { origin, ownerIndex, own, size, root: this.#root(log, size), checkpoint: log.checkpoint };
  }

  append(origin: string, items: readonly MemoryItem[]): Promise<{ from: number; size: number }> {
    const log = this.#log(origin);
    const from = log.items.length;
    this.#store(log, items);
    log.checkpoint = this.sign(origin, log.items.length);
    this.#appended(origin);
    return Promise.resolve({ from, size: log.items.length });
  }

  mirror(
    origin: string,
    from: number,
    items: readonly MemoryItem[],
    checkpoint: string,
  ): Promise<{ size: number }> {
    const log = this.#log(origin);
    if (from <= log.items.length) this.#store(log, items.slice(log.items.length - from));
    const { size, root } = readCheckpoint(checkpoint);
    if (size <= log.items.length && this.#root(log, size) === toHex(root)) log.checkpoint = checkpoint;
    this.#appended(origin);
    return Promise.resolve({ size: log.items.length });
  }

  entries(origin: string, from: number, to: number): Promise<Uint8Array[]> {
    return Promise.resolve(
      this.#log(origin)
        .items.slice(from, to)
        .map(({ entry }) => entry),
    );
  }

  records(root: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#records.get(root));
  }

  inclusion(origin: string, index: number, size: number): Promise<Uint8Array[]> {
    return Promise.resolve(inclusionProof(this.#leaves(this.#log(origin), size), index));
  }

  consistency(origin: string, fromSize: number, size: number): Promise<Uint8Array[]> {
    return Promise.resolve(consistencyProof(this.#leaves(this.#log(origin), size), fromSize));
  }

  rootAt(origin: string, size: number): Promise<string> {
    return Promise.resolve(this.#root(this.#log(origin), size));
  }

  onAppend(listener: (origin: string) => void): void {
    this.#listeners.push(listener);
  }

  /** A note over the first `size` entries, signed with this member's key. */
  sign(origin: string, size: number): string {
    const text = checkpointText({ origin, size, root: fromHex(this.#root(this.#log(origin), size)) });
    return formatNote(text, origin, this.#key.publicKey, this.#key.sign(new TextEncoder().encode(text)));
  }

  #log(origin: string): MemoryLog {
    const log = this.#logs.get(origin) ?? {
      items: [],
      leaves: [],
      hasher: new TreeHasher(),
      checkpoint: undefined,
    };
    this.#logs.set(origin, log);
    return log;
  }

  #store(log: MemoryLog, items: readonly MemoryItem[]): void {
    for (const item of items) {
      const leaf = leafHash(item.entry);
      log.items.push(item);
      this.#records.set(toHex(decodeEntry(item.entry).segment.recordRoot), item.records);
      log.leaves.push(leaf);
      log.hasher.append(leaf);
    }
  }

  #leaves(log: MemoryLog, size: number): Uint8Array[] {
    return log.leaves.slice(0, size);
  }

  #root(log: MemoryLog, size: number): string {
    if (size === log.hasher.size) return toHex(log.hasher.root());
    return toHex(treeHash(this.#leaves(log, size)));
  }

  #appended(origin: string): void {
    for (const listener of this.#listeners) listener(origin);
  }
}
