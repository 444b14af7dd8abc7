import type { RealClock } from "../clock.ts";
import type { MemberDirectory } from "./memberDirectory.ts";

const TICK_MS = 250;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;

export interface DialerDeps {
  readonly directory: MemberDirectory;
  readonly clock: RealClock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly isConnected: (peerId: string) => boolean;
  /** Ends connections to peers that are nobody's any more: of members that left, or whose node has another key now. */
  readonly hangUpStrangers: () => void;
  readonly dial: (peerId: string, addresses: readonly string[], signal: AbortSignal) => Promise<void>;
}

interface Attempt {
  failures: number;
  notBeforeMs: number;
  isDialing: boolean;
}

/** Keeps a connection to every registered member: libp2p 3 no longer dials by itself. */
export class Dialer {
  readonly #deps: DialerDeps;
  readonly #attempts = new Map<string, Attempt>();

  constructor(deps: DialerDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tick(signal);
      await this.#deps.clock.sleep(TICK_MS, signal).catch(() => undefined);
    }
  }

  #tick(signal: AbortSignal): void {
    const members = this.#deps.directory.others();
    const known = new Set(members.map(({ peerId }) => peerId));
    for (const peerId of this.#attempts.keys()) if (!known.has(peerId)) this.#attempts.delete(peerId);
    this.#deps.hangUpStrangers();
    for (const { peerId, addresses } of members) this.#consider(peerId, addresses, signal);
  }

  #consider(peerId: string, addresses: readonly string[], signal: AbortSignal): void {
    const attempt = this.#attempts.get(peerId) ?? { failures: 0, notBeforeMs: 0, isDialing: false };
    this.#attempts.set(peerId, attempt);
    if (attempt.isDialing || this.#deps.isConnected(peerId)) return;
    if (this.#deps.clock.now() < attempt.notBeforeMs) return;
    attempt.isDialing = true;
    void this.#attempt(attempt, peerId, addresses, signal);
  }

  async #attempt(
    attempt: Attempt,
    peerId: string,
    addresses: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#deps.dial(peerId, addresses, signal);
      attempt.failures = 0;
    } catch {
      // An absent member is normal; its state is shown by peers(), so nothing is logged a dial.
      attempt.failures += 1;
    } finally {
      attempt.isDialing = false;
      attempt.notBeforeMs = this.#deps.clock.now() + this.#backoffMs(attempt.failures);
    }
  }

  /** Also after a success, so that a peer that accepts and drops us at once is not dialled in a loop. */
  #backoffMs(failures: number): number {
    const longest = Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS);
    return longest * (0.5 + this.#deps.random() / 2);
  }
}
