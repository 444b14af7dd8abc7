import {
  addContribution,
  alertWindow,
  type Contribution,
  contributionOf,
  evidenceBytes,
  type Genesis,
  type Interval,
  isDeclared,
  type LogEntry,
  MAX_ENTRY_BYTES,
  MAX_EVIDENCE_BYTES,
  type Tally,
} from "@comity/protocol";
import { MAX_RANGE } from "../gossip/evidenceStream.ts";
import { strongest, type Weighed } from "./evidenceChoice.ts";
import { entryOf } from "./evidenceTally.ts";
import type { HostVerdict } from "./hostCheck.ts";

/** What one log shows of one window so far: all of it, or as many of its hosts as an alert can rest on. */
export interface WindowTally {
  readonly window: Interval;
  /** Entry indices that hold all that counts, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly tally: Tally;
}

/** A host's share of a window. */
interface HostTally extends Weighed, Tally {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly segmentNumber: bigint;
}

interface WindowState {
  readonly window: Interval;
  readonly from: number;
  readonly hosts: Map<string, HostTally>;
}

/**
 * Hosts are left out where there are too many, never days: what is observed goes on growing, whoever writes how much. The room for one
 * entry stays free, so that others who choose entry by entry find at least as much.
 */
const MAX_HOSTS_BYTES = MAX_EVIDENCE_BYTES - evidenceBytes(new Uint8Array(MAX_ENTRY_BYTES));
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
  readonly #windows = new Map<number, WindowState>();
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
    return this.#sorted().flatMap((state) => totalOf(state) ?? []);
  }

  /** The next entry of the log. One that is no entry counts for nothing, but has its place. */
  add(bytes: Uint8Array): void {
    const index = this.#scanned++;
    const entry = entryOf(bytes);
    if (!entry || !this.#isGenuine(entry)) return;
    const window = alertWindow(this.#genesis, entry.segment.endMs - 1);
    const contribution = contributionOf(entry, window);
    if (!contribution || isDeclared(contribution, this.#rules.declared)) return;
    const { hosts } = this.#window(window, index);
    const { hostId, segmentNumber } = entry.segment;
    const before = hosts.get(hostId);
    if (before && segmentNumber <= before.segmentNumber) return;
    hosts.set(hostId, grown(before, contribution, { index, segmentNumber, sizeBytes: evidenceBytes(bytes) }));
  }

  /** An owner who fills a window with what does not count makes it begin anew, but never end: no range is longer than one may ask for. */
  #window(window: Interval, index: number): WindowState {
    const known = this.#windows.get(window.startMs);
    if (known && index - known.from < MAX_RANGE) return known;
    const state = { window, from: index, hosts: new Map<string, HostTally>() };
    this.#windows.set(window.startMs, state);
    for (const old of this.#sorted().slice(0, -KEPT_WINDOWS)) this.#windows.delete(old.window.startMs);
    return state;
  }

  #sorted(): WindowState[] {
    return [...this.#windows.values()].sort((a, b) => a.window.startMs - b.window.startMs);
  }

  #isGenuine(entry: LogEntry): boolean {
    const { is } = this.#rules.check(entry);
    if (is === "unknown" && this.#unknownHosts.size < MAX_UNKNOWN_HOSTS)
      this.#unknownHosts.add(entry.segment.hostId);
    return is === "genuine";
  }
}

function grown(
  before: HostTally | undefined,
  contribution: Contribution,
  entry: { readonly index: number; readonly segmentNumber: bigint; readonly sizeBytes: number },
): HostTally {
  return {
    ...addContribution(before, contribution),
    segmentNumber: entry.segmentNumber,
    sizeBytes: (before?.sizeBytes ?? 0) + entry.sizeBytes,
    from: before?.from ?? entry.index,
    to: entry.index + 1,
    count: (before?.count ?? 0) + 1,
  };
}

function totalOf({ window, hosts }: WindowState): WindowTally | undefined {
  return strongest([...hosts.values()], MAX_HOSTS_BYTES).reduce<WindowTally | undefined>((total, host) => {
    const { from, to, count, observed, flopsLeast } = host;
    return {
      window,
      from: Math.min(total?.from ?? from, from),
      to: Math.max(total?.to ?? to, to),
      count: (total?.count ?? 0) + count,
      tally: addContribution(total?.tally, { ...observed, flopsLeast }),
    };
  }, undefined);
}
