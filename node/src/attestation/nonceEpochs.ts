import { nonceEpochOf, readCheckpoint, toHex } from "@comity/protocol";

/** A nonce epoch is fresh while it is the newest, and for so long after that. Real time. */
export const FRESH_MS = 600_000;
const ISSUE_EVERY_MS = 1000;

export interface Issued {
  readonly epoch: string;
  readonly issuedMs: number;
}

/**
 * The nonce epochs of one log: eight bytes that nobody could know before the log's checkpoint was signed. A host that puts one into its
 * segment shows that it signed after that. At most one a second is given out, so that few need to be remembered.
 */
export class NonceEpochs {
  #issued: Issued[];

  constructor(issued: readonly Issued[] = []) {
    this.#issued = [...issued];
  }

  /** What to remember over a restart. */
  get issued(): readonly Issued[] {
    return this.#issued;
  }

  /** Issues the epoch of this checkpoint if it is time for a new one, and returns it only then. */
  renew(checkpoint: string, nowMs: number): Issued | undefined {
    const newest = this.#issued.at(-1);
    if (newest && nowMs < newest.issuedMs + ISSUE_EVERY_MS) return undefined;
    const epoch = toHex(nonceEpochOf(readCheckpoint(checkpoint).text));
    if (newest?.epoch === epoch) return undefined;
    const issued = { epoch, issuedMs: nowMs };
    this.#issued = [...this.#issued.filter((_, i) => this.#isFreshAt(i, nowMs)), issued];
    return issued;
  }

  /** The epoch that hosts should use now. */
  get newest(): string {
    return this.#issued.at(-1)?.epoch ?? "0".repeat(16);
  }

  isFresh(epoch: Uint8Array, nowMs: number): boolean {
    const wanted = toHex(epoch);
    const index = this.#issued.findLastIndex((issued) => issued.epoch === wanted);
    return index !== -1 && this.#isFreshAt(index, nowMs);
  }

  #isFreshAt(index: number, nowMs: number): boolean {
    const superseded = this.#issued[index + 1];
    return superseded === undefined || nowMs <= superseded.issuedMs + FRESH_MS;
  }
}
