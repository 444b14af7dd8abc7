import {
  addContribution,
  alertWindow,
  contributionOf,
  CountedSegments,
  type Genesis,
  type Interval,
  isDeclared,
  type LogEntry,
  type Tally,
} from "@comity/protocol";
import { entryOf } from "./evidenceTally.ts";
import type { HostVerdict } from "./hostCheck.ts";

/** What one log shows of one window so far. */
export interface WindowTally {
  readonly window: Interval;
  /** Entry indices that hold all that counts, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly tally: Tally;
  readonly counted: CountedSegments;
}

/** An alert names at most so many entries that count; a bundle of them must stay portable. */
const MAX_COUNTING = 20_000;
const MAX_RANGE = 60_000;
/** Older windows are over: what there was to say of them has been said. */
const KEPT_WINDOWS = 4;
const MAX_UNKNOWN_HOSTS = 1_000;

export interface TallyRules {
  /** When work at the site was declared: it counts for nothing. */
  readonly declared: readonly Interval[];
  readonly check: (entry: LogEntry) => HostVerdict;
}

/** Running totals of one log. An entry is looked at once, when it comes. */
export class LogTally {
  readonly #genesis: Genesis;
  readonly #rules: TallyRules;
  readonly #unknownHosts = new Set<string>();
  readonly #windows = new Map<number, WindowTally>();
  #scanned = 0;

  constructor(genesis: Genesis, rules: TallyRules) {
    this.#genesis = genesis;
    this.#rules = rules;
  }

  /** Hosts of entries that did not count because the ledger does not show them, or not yet; the first thousand. */
  get unknownHosts(): ReadonlySet<string> {
    return this.#unknownHosts;
  }

  /** How many entries have been looked at. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Newest window last. */
  windows(): WindowTally[] {
    return [...this.#windows.values()].sort((a, b) => a.window.startMs - b.window.startMs);
  }

  /** The next entry of the log. One that is no entry counts for nothing, but has its place. */
  add(bytes: Uint8Array): void {
    const index = this.#scanned++;
    const entry = entryOf(bytes);
    if (!entry || !this.#isGenuine(entry)) return;
    const window = alertWindow(this.#genesis, entry.segment.startMs);
    const contribution = contributionOf(entry, window);
    if (!contribution || isDeclared(contribution, this.#rules.declared)) return;
    const before = this.#windows.get(window.startMs);
    if (before && isFull(before, index)) return;
    const first = { from: index, count: 0, tally: undefined, counted: new CountedSegments() };
    const { from, count, tally, counted } = before ?? first;
    if (!counted.take(entry.segment)) return;
    this.#windows.set(window.startMs, {
      window,
      counted,
      from,
      to: index + 1,
      count: count + 1,
      tally: addContribution(tally, contribution),
    });
    this.#forgetOldest();
  }

  #isGenuine(entry: LogEntry): boolean {
    const { is } = this.#rules.check(entry);
    if (is === "unknown" && this.#unknownHosts.size < MAX_UNKNOWN_HOSTS)
      this.#unknownHosts.add(entry.segment.hostId);
    return is === "genuine";
  }

  #forgetOldest(): void {
    for (const { window } of this.windows().slice(0, -KEPT_WINDOWS)) this.#windows.delete(window.startMs);
  }
}

function isFull({ count, from }: WindowTally, index: number): boolean {
  return count >= MAX_COUNTING || index - from >= MAX_RANGE;
}
