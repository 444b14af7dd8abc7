import { decodeEntry, SegmentError } from "@comity/protocol";
import type { LogItem } from "./evidenceLog.ts";
import { LogError } from "./logError.ts";
import type { Sidecar, SidecarStore } from "./sidecarStore.ts";
import type { TileLog, Tree } from "./tileLog.ts";
import type { Turns } from "./turns.ts";

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const MAX_GROUP_BYTES = 8 * 1024 * 1024;

interface Waiting {
  readonly entries: readonly Uint8Array[];
  readonly sidecars: readonly Sidecar[];
  readonly sizeBytes: number;
  readonly resolve: (placed: { from: number; size: number }) => void;
  readonly reject: (error: unknown) => void;
}

export interface OwnLogDeps {
  readonly tree: TileLog;
  readonly turns: Turns;
  readonly sidecars: SidecarStore;
  /** Signs the checkpoint of a tree, or another of the same tree. Called with ever larger sizes: the note leaves this class only once it is on disk. */
  readonly sign: (tree: Tree, isAgain: boolean) => string;
}

/** Appends of one own log: all that wait are committed by one write and one checkpoint. */
export class OwnLog {
  readonly #deps: OwnLogDeps;
  #queue: Waiting[] = [];
  #queuedBytes = 0;

  constructor(deps: OwnLogDeps) {
    this.#deps = deps;
  }

  append(items: readonly LogItem[]): Promise<{ from: number; size: number }> {
    const sidecars = items.map(sidecarOf);
    const sizeBytes = items.reduce((size, { entry, records }) => size + entry.length + records.length, 0);
    if (this.#queuedBytes + sizeBytes > MAX_QUEUED_BYTES) {
      return Promise.reject(new LogError("LOG_BUSY", "too many appends are waiting"));
    }
    const placed = new Promise<{ from: number; size: number }>((resolve, reject) => {
      const entries = items.map((item) => item.entry);
      this.#queue.push({ entries, sidecars, sizeBytes, resolve, reject });
    });
    this.#queuedBytes += sizeBytes;
    void this.#deps.turns.run(() => this.#commitGroup());
    return placed;
  }

  /** Runs once per append; the first to get a turn takes the others along, and these then find nothing left. */
  async #commitGroup(): Promise<void> {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    const { tree, sidecars, sign } = this.#deps;
    try {
      // Sidecars first: an entry that is in the log has its records, while records without an entry do no harm.
      await sidecars.putRecords(group.flatMap((waiting) => waiting.sidecars));
      let from = tree.size;
      const entries = group.flatMap((waiting) => waiting.entries);
      const isAgain = entries.length === 0 && tree.checkpoint !== "";
      await tree.commit(entries, (head) => ({ note: sign(head, isAgain), proof: [] }));
      for (const { entries: own, resolve } of group) {
        resolve({ from, size: tree.size });
        from += own.length;
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  #takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    let sizeBytes = 0;
    for (const waiting of this.#queue) {
      if (group.length > 0 && sizeBytes + waiting.sizeBytes > MAX_GROUP_BYTES) break;
      group.push(waiting);
      sizeBytes += waiting.sizeBytes;
    }
    this.#queue = this.#queue.slice(group.length);
    this.#queuedBytes -= sizeBytes;
    return group;
  }
}

/** @throws LogError LOG_ENTRY */
export function sidecarOf({ entry, records }: LogItem): Sidecar {
  try {
    return { recordRoot: decodeEntry(entry).segment.recordRoot, records };
  } catch (cause) {
    if (!(cause instanceof SegmentError)) throw cause;
    throw new LogError("LOG_ENTRY", "an item is no log entry", { cause });
  }
}
