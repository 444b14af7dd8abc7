import { nonceEpochOf, readCheckpoint, toHex } from "@comity/protocol";

/** A nonce epoch is fresh for so long after it was first given out. Real time. */
export const FRESH_MS = 600_000;
/** Hosts get none that is older: what is left of its time is enough to sign and to send. */
const GIVEN_FOR_MS = 120_000;
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
    // One that was given out before, however long ago: its time must not begin anew.
    if (this.#issued.some((issued) => issued.epoch === epoch)) return undefined;
    const issued = { epoch, issuedMs: nowMs };
    this.#issued = [...this.#issued.filter((older) => isFreshAt(older, nowMs)), issued];
    return issued;
  }

  /** Whether it is time for another checkpoint, although the log has not grown. */
  isOutdated(nowMs: number): boolean {
    const newest = this.#issued.at(-1);
    return newest === undefined || nowMs > newest.issuedMs + GIVEN_FOR_MS;
  }

  /** The epoch that hosts should use now. */
  get newest(): string {
    return this.#issued.at(-1)?.epoch ?? "0".repeat(16);
  }

  isFresh(epoch: Uint8Array, nowMs: number): boolean {
    const wanted = toHex(epoch);
    return this.#issued.some((issued) => issued.epoch === wanted && isFreshAt(issued, nowMs));
  }
}

function isFreshAt({ issuedMs }: Issued, nowMs: number): boolean {
  return nowMs <= issuedMs + FRESH_MS;
}
