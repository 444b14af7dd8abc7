import { setImmediate as nextTurn } from "node:timers/promises";
import {
  addContribution,
  type AlertStatement,
  contributionOf,
  declaredIntervals,
  CountedSegments,
  decodeEntry,
  type Ed25519Verify,
  type Interval,
  isDeclared,
  type LogEntry,
  type Tally,
} from "@comity/protocol";
import type { ProvenEntry } from "../gossip/evidenceMessage.ts";
import { hostCheck } from "./hostCheck.ts";
import type { WatchfloorLedger } from "./ports.ts";

export interface CountingEntry extends ProvenEntry {
  /** Key of the host that signed it, hex. */
  readonly hostKey: string;
}

export interface VerifiedTally {
  readonly tally: Tally | undefined;
  /** Whether entries do not count because a notice declared them. */
  readonly isPartlyDeclared: boolean;
  /** Whether entries are of hosts that the ledger does not show, or not yet. */
  readonly hasUnknownHosts: boolean;
  readonly counting: readonly CountingEntry[];
}

export interface TallyDeps {
  readonly ledger: Pick<WatchfloorLedger, "host" | "noticeRevisionsAt">;
  readonly verify: Ed25519Verify;
}

const ENTRIES_PER_TURN = 32;

/**
 * Adds up the entries that count and that no notice declared, in the state that the statement names. Each is verified from the ground:
 * of this network and log, and signed by a host that the ledger shows enrolled at the subject's site. Others weigh nothing.
 */
export async function tallyEvidence(
  statement: AlertStatement,
  entries: readonly ProvenEntry[],
  deps: TallyDeps,
): Promise<VerifiedTally> {
  const counting: CountingEntry[] = [];
  const counted = new CountedSegments();
  const declared = declaredTo(statement, deps.ledger);
  const check = hostCheck(statement.log.origin, deps);
  let tally: Tally | undefined;
  let [isPartlyDeclared, hasUnknownHosts] = [false, false];
  for (const [turn, proven] of entries.entries()) {
    // Thousands of signature checks must not keep the node from answering.
    if (turn % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await nextTurn();
    const entry = entryOf(proven.entry);
    const contribution = entry && contributionOf(entry, statement.window);
    if (!contribution) continue;
    const verdict = check(entry);
    if (verdict.is === "unknown") hasUnknownHosts = true;
    if (verdict.is !== "genuine") continue;
    if (isDeclared(contribution, declared)) isPartlyDeclared = true;
    else if (counted.take(entry.segment)) {
      tally = addContribution(tally, contribution);
      counting.push({ ...proven, hostKey: verdict.hostKey });
    }
  }
  return { tally, isPartlyDeclared, hasUnknownHosts, counting };
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
