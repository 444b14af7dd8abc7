import type { LogItem } from "./evidenceLog.ts";
import { LogError } from "./logError.ts";

/**
 * How much of each other member's evidence this node keeps: entries and records, in bytes. So no owner can fill the disk that all share.
 * What a crash cut short, or what led to no checkpoint, is counted too: its records are on the disk before that shows.
 */
export class MirrorQuota {
  readonly #maxBytes: number;
  readonly #used = new Map<number, number>();

  constructor(options: { readonly maxBytes: number }) {
    this.#maxBytes = options.maxBytes;
  }

  restore(ownerIndex: number, sizeBytes: number): void {
    this.#used.set(ownerIndex, sizeBytes);
  }

  /** Share that is used of the quota of whoever has used most of it, 0 to 1. */
  get fullest(): number {
    return Math.max(0, ...this.#used.values()) / this.#maxBytes;
  }

  /** Takes the room for these, and gives what is used then. @throws LogError LOG_QUOTA */
  take(ownerIndex: number, items: readonly LogItem[]): number {
    const sizeBytes = items.reduce((sum, { entry, records }) => sum + entry.length + records.length, 0);
    const used = (this.#used.get(ownerIndex) ?? 0) + sizeBytes;
    if (used > this.#maxBytes) {
      throw new LogError("LOG_QUOTA", "this node keeps as much of this member's evidence as it may");
    }
    this.#used.set(ownerIndex, used);
    return used;
  }
}
