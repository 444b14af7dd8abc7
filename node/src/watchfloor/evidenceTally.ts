import { setImmediate as nextTurn } from "node:timers/promises";
import {
  addContribution,
  type AlertStatement,
  type Contribution,
  contributionOf,
  declaredIntervals,
  CountedSegments,
  decodeEntry,
  type Ed25519Verify,
  evidenceBytes,
  type Interval,
  isDeclared,
  isObserved,
  type LogEntry,
  MAX_EVIDENCE_BYTES,
  type Tally,
} from "@comity/protocol";
import type { ProvenEntry } from "../gossip/evidenceMessage.ts";
import { strongest, type Weighed } from "./evidenceChoice.ts";
import { hostCheck, type HostVerdict } from "./hostCheck.ts";
import type { WatchfloorLedger } from "./ports.ts";

export interface CountingEntry extends ProvenEntry, Contribution, Weighed {
  /** Key of the host that signed it, hex. */
  readonly hostKey: string;
}

export interface VerifiedTally {
  readonly tally: Tally | undefined;
  /** Whether entries do not count because a notice declared them. */
  readonly isPartlyDeclared: boolean;
  /** Whether entries are of hosts that the ledger does not show, or not yet. */
  readonly hasUnknownHosts: boolean;
  /** Those that were added up, in the order of the log. */
  readonly counting: readonly CountingEntry[];
}

export interface TallyDeps {
  readonly ledger: Pick<WatchfloorLedger, "host" | "noticeRevisionsAt">;
  readonly verify: Ed25519Verify;
}

const ENTRIES_PER_TURN = 32;

/**
 * Adds up the entries that count and that no notice declared, in the state that the statement names. Each is verified from the ground:
 * of this network and log, and signed by a host that the ledger shows enrolled at the subject's site. Others weigh nothing. Of more than
 * a bundle can hold the strongest are added up, since a statement that no bundle could show is not worth signing.
 */
export async function tallyEvidence(
  statement: AlertStatement,
  pages: AsyncIterable<readonly ProvenEntry[]>,
  deps: TallyDeps,
): Promise<VerifiedTally> {
  const sum = new EvidenceSum(statement, deps);
  let seen = 0;
  for await (const page of pages) {
    for (const proven of page) {
      sum.add(proven);
      // Thousands of signature checks must not keep the node from answering.
      if (++seen % ENTRIES_PER_TURN === 0) await nextTurn();
    }
  }
  return sum.verified();
}

class EvidenceSum {
  readonly #statement: AlertStatement;
  readonly #declared: readonly Interval[];
  readonly #check: (entry: LogEntry) => HostVerdict;
  readonly #counted = new CountedSegments();
  #counting: CountingEntry[] = [];
  #sizeBytes = 0;
  #isPartlyDeclared = false;
  #hasUnknownHosts = false;

  constructor(statement: AlertStatement, deps: TallyDeps) {
    this.#statement = statement;
    this.#declared = declaredTo(statement, deps.ledger);
    this.#check = hostCheck(statement.log.origin, deps);
  }

  add(proven: ProvenEntry): void {
    const { window, observed } = this.#statement;
    const entry = entryOf(proven.entry);
    const contribution = entry && contributionOf(entry, window);
    if (!contribution || !isObserved(contribution, observed)) return;
    const verdict = this.#check(entry);
    if (verdict.is === "unknown") this.#hasUnknownHosts = true;
    if (verdict.is !== "genuine") return;
    if (isDeclared(contribution, this.#declared)) this.#isPartlyDeclared = true;
    else if (this.#counted.take(entry.segment)) this.#keep({ ...proven, ...contribution }, verdict.hostKey);
  }

  verified(): VerifiedTally {
    const counting = fitting(this.#counting);
    return {
      tally: counting.reduce<Tally | undefined>(addContribution, undefined),
      isPartlyDeclared: this.#isPartlyDeclared,
      hasUnknownHosts: this.#hasUnknownHosts,
      counting,
    };
  }

  /** What cannot be among the strongest any more goes, so that no range is too long for our memory. */
  #keep(counting: ProvenEntry & Contribution, hostKey: string): void {
    const sizeBytes = evidenceBytes(counting.entry);
    this.#counting.push({ ...counting, hostKey, sizeBytes });
    this.#sizeBytes += sizeBytes;
    if (this.#sizeBytes < 2 * MAX_EVIDENCE_BYTES) return;
    this.#counting = fitting(this.#counting);
    this.#sizeBytes = this.#counting.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  }
}

/** The strongest that fit into a bundle, and those at the ends of what was observed. */
function fitting(counting: readonly CountingEntry[]): CountingEntry[] {
  const [first] = counting;
  if (!first) return [];
  const earliest = counting.reduce((found, entry) => (entry.startMs < found.startMs ? entry : found), first);
  const latest = counting.reduce((found, entry) => (entry.endMs > found.endMs ? entry : found), first);
  const chosen = new Set([...strongest(counting, MAX_EVIDENCE_BYTES), earliest, latest]);
  return counting.filter((entry) => chosen.has(entry));
}

function declaredTo(
  { subject, ledger: { height } }: AlertStatement,
  ledger: TallyDeps["ledger"],
): Interval[] {
  return declaredIntervals(ledger.noticeRevisionsAt(BigInt(height)), subject.siteId);
}

/** The entry that bytes encode; undefined where they are none, which is for their log's owner to answer for. */
export function entryOf(bytes: Uint8Array): LogEntry | undefined {
  try {
    return decodeEntry(bytes);
  } catch {
    return undefined;
  }
}
