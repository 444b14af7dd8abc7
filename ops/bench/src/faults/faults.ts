import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type { Coalition } from "@comity/cli";
import type { LedgerClient } from "@comity/ledger";
import { chosenBy } from "../chosen.ts";
import { atMost, type Figure, percentile } from "../figures.ts";
import { withLedger } from "../withLedger.ts";
import { allFaults, caughtUp, type Fault, inflict } from "./fault.ts";
import { type Call, Load } from "./load.ts";

const callers = 8;
const heldMs = 45_000;
/** After each fault this counts, too; then all orderers must have caught up before the next. */
const recoveryMs = 15_000;
const caughtUpMs = 120_000;

/** What callers notice while each part of a real network of four is killed or stopped in turn; a word chooses among them. */
export async function faults(word: string): Promise<Figure[]> {
  const chosen = chosenBy(word, allFaults(), ({ target, blow }) => `${target} ${blow}`);
  return withLedger("fabric", (coalition) => measure(coalition, chosen));
}

async function measure(coalition: Coalition, chosen: readonly Fault[]): Promise<Figure[]> {
  const load = new Load(coalition.ledger("xa", "officer"), "xa");
  load.start(callers);
  const figures: Figure[] = [];
  for (const fault of chosen) {
    await pause(recoveryMs);
    if (!(await caughtUp(coalition, caughtUpMs))) process.stderr.write("  an orderer does not catch up\n");
    const { hitMs, healedMs } = await inflict(coalition, fault, heldMs);
    await pause(recoveryMs);
    figures.push(...figuresOf(fault, load.calls, hitMs, healedMs + recoveryMs));
  }
  await load.stop();
  return [...figures, ...(await accountOf(load, coalition.ledger("xa", "officer")))];
}

function figuresOf({ target, blow }: Fault, calls: readonly Call[], fromMs: number, toMs: number): Figure[] {
  const during = calls.filter(({ endedMs }) => endedMs >= fromMs && endedMs <= toMs);
  const good = during.filter(({ error }) => error === undefined);
  const errors = during.filter(({ error }) => error !== undefined);
  for (const { error, startedMs } of errors.slice(0, 3))
    process.stderr.write(`  ${target} ${blow} ${startedMs - fromMs} ms: ${error?.code} ${error?.message}\n`);
  const what = `${target}, ${blow}: `;
  const latencies = good.map(({ startedMs, endedMs }) => endedMs - startedMs);
  const isLeader = target.startsWith("leader");
  return [
    atMost(`${what}errors of ${during.length} calls`, errors.length, 0, ""),
    ...(isLeader ? [] : [atMost(`${what}95th percentile`, percentile(latencies, 95), 4_000, "ms")]),
    atMost(`${what}longest without a commit`, longestPause(good, fromMs, toMs), 20_000, "ms"),
  ];
}

function longestPause(good: readonly Call[], fromMs: number, toMs: number): number {
  const moments = [fromMs, ...good.map(({ endedMs }) => endedMs).sort((a, b) => a - b), toMs];
  return Math.max(...moments.slice(1).map((moment, at) => moment - (moments[at] ?? moment)));
}

/** Asks for everything that was acknowledged. */
async function accountOf(load: Load, reader: LedgerClient): Promise<Figure[]> {
  const acknowledged = load.calls.filter(({ error }) => error === undefined);
  let lost = 0;
  for (const { operatorId } of acknowledged) if (!(await load.isKept(reader, operatorId))) lost += 1;
  return [atMost(`acknowledged and lost or changed, of ${acknowledged.length}`, lost, 0, "")];
}
