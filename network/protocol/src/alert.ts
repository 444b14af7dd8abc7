import { toHex } from "./bytes.ts";
import { type Decoded, decimal, hex, integer, literal, object, text } from "./decode.ts";
import { EntryFlag, type LogEntry } from "./entry.ts";
import type { Genesis } from "./genesis.ts";
import { type AlertId, operatorId, siteId } from "./ids.ts";
import { figure } from "./rulebook.ts";
import { MAX_SEGMENT_MS } from "./segment.ts";
import { statementHash } from "./statement.ts";
import { DAY_MS, MAX_TIME_MS } from "./time.ts";

const MAX_FLOP = 10n ** 40n;
const time = integer(0, MAX_TIME_MS);
const interval = object({ startMs: time, endMs: time });
const position = integer(0, Number.MAX_SAFE_INTEGER);

export const decodeAlert = object({
  type: literal("comity/v1/alert"),
  kind: literal("undeclared-training"),
  subject: object({ operatorId, siteId }),
  window: interval,
  log: object({ origin: text(300), size: position, root: hex(32) }),
  entries: object({ from: position, to: position }),
  observed: interval,
  flopAtLeast: decimal(MAX_FLOP),
  projectedFlop: decimal(MAX_FLOP),
  ledger: object({ height: position, blockHash: hex(32) }),
});

/** The coalition's assertion that an operator trains at a site without a notice (README, "Statements"). */
export type AlertStatement = Decoded<typeof decodeAlert>;
export type Interval = Decoded<typeof interval>;

export function alertIdOf(statement: AlertStatement): AlertId {
  return toHex(statementHash(statement)) as AlertId;
}

/** The window of the rulebook's grid that a policy time lies in. A segment belongs to that of its last millisecond, `endMs - 1`. */
export function alertWindow(genesis: Pick<Genesis, "clock" | "rulebook">, policyMs: number): Interval {
  const lengthMs = Number(figure(genesis, "alertWindowDays")) * DAY_MS;
  const number = Math.floor((policyMs - genesis.clock.originMs) / lengthMs);
  const startMs = genesis.clock.originMs + number * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}

/** What an entry adds to an alert's figures. */
export interface Contribution {
  readonly startMs: number;
  readonly endMs: number;
  readonly flopsLeast: bigint;
}

/**
 * The contribution of an entry, or undefined where it does not count: it ends outside the window, or its nonce was stale. One that began
 * before the window counts whole in it, so that each counts in just one. See `CountedSegments`, too.
 */
export function contributionOf(entry: LogEntry, window: Interval): Contribution | undefined {
  const { startMs, endMs, accelerators } = entry.segment;
  const endsInside = endMs > window.startMs && endMs <= window.endMs;
  if (!endsInside || (entry.flags & EntryFlag.staleNonce) !== 0) return undefined;
  return {
    startMs,
    endMs,
    flopsLeast: accelerators.reduce((sum, accelerator) => sum + accelerator.flopsLeast, 0n),
  };
}

/** Whether something lies within what a statement says was observed. */
export function isObserved({ startMs, endMs }: Interval, observed: Interval): boolean {
  return startMs >= observed.startMs && endMs <= observed.endMs;
}

/**
 * Which segments have counted: each of a host counts once, after all with lower numbers. A log's owner who writes one into it twice, which no
 * other check would notice, adds nothing by that.
 */
export class CountedSegments {
  readonly #newest = new Map<string, bigint>();

  /** Whether this one counts, in the order of the log; from now on it has. */
  take({ hostId, segmentNumber }: Pick<LogEntry["segment"], "hostId" | "segmentNumber">): boolean {
    if (segmentNumber <= (this.#newest.get(hostId) ?? 0n)) return false;
    this.#newest.set(hostId, segmentNumber);
    return true;
  }
}

/** Running totals of the entries that count. */
export interface Tally {
  readonly observed: Interval;
  readonly flopsLeast: bigint;
}

export function addContribution(tally: Tally | undefined, contribution: Contribution): Tally {
  const { startMs, endMs, flopsLeast } = contribution;
  if (tally === undefined) return { observed: { startMs, endMs }, flopsLeast };
  return {
    observed: {
      startMs: Math.min(tally.observed.startMs, startMs),
      endMs: Math.max(tally.observed.endMs, endMs),
    },
    flopsLeast: tally.flopsLeast + flopsLeast,
  };
}

/** Work done so far, plus the observed rate over the rulebook's horizon; FLOP. */
export function projectedFlop(
  genesis: Pick<Genesis, "rulebook">,
  flopAtLeast: bigint,
  observed: Interval,
): bigint {
  const horizonMs = figure(genesis, "projectionHorizonDays") * BigInt(DAY_MS);
  return flopAtLeast + (flopAtLeast * horizonMs) / BigInt(observed.endMs - observed.startMs);
}

/** Whether the rule fires on figures: observed long enough, and projected above the reporting threshold. */
export function ruleFires(
  genesis: Pick<Genesis, "rulebook">,
  flopAtLeast: bigint,
  observed: Interval,
): boolean {
  const leastMs = figure(genesis, "minimumObservationDays") * BigInt(DAY_MS);
  if (observed.endMs <= observed.startMs || BigInt(observed.endMs - observed.startMs) < leastMs) return false;
  return projectedFlop(genesis, flopAtLeast, observed) > figure(genesis, "reportingThresholdFlop");
}

export type AlertProblem =
  "ALERT_WINDOW" | "ALERT_RANGE" | "ALERT_OBSERVED" | "ALERT_BOUND" | "ALERT_PROJECTION" | "ALERT_RULE";

/** What is wrong with a statement by itself, whatever the evidence; undefined where nothing is. */
export function statementProblem(genesis: Genesis, statement: AlertStatement): AlertProblem | undefined {
  const { window, observed, entries, log } = statement;
  const grid = alertWindow(genesis, window.startMs);
  if (grid.startMs !== window.startMs || grid.endMs !== window.endMs) return "ALERT_WINDOW";
  if (entries.from >= entries.to || entries.to > log.size) return "ALERT_RANGE";
  if (!isObserved(observed, { ...window, startMs: window.startMs - MAX_SEGMENT_MS })) return "ALERT_OBSERVED";
  const flop = BigInt(statement.flopAtLeast);
  if (observed.endMs <= observed.startMs || !ruleFires(genesis, flop, observed)) return "ALERT_RULE";
  return projectedFlop(genesis, flop, observed) === BigInt(statement.projectedFlop)
    ? undefined
    : "ALERT_PROJECTION";
}

/** What is wrong with a statement given the entries that count; undefined where it follows from them. */
export function evidenceProblem(
  genesis: Genesis,
  statement: AlertStatement,
  tally: Tally | undefined,
): AlertProblem | undefined {
  const { observed, flopAtLeast } = statement;
  if (tally?.observed.startMs !== observed.startMs || tally.observed.endMs !== observed.endMs)
    return "ALERT_OBSERVED";
  if (BigInt(flopAtLeast) > tally.flopsLeast) return "ALERT_BOUND";
  return statementProblem(genesis, statement);
}

/** The statement that a tally supports, with its greatest bound. */
export function alertStatement(
  genesis: Genesis,
  parts: Pick<AlertStatement, "subject" | "window" | "log" | "entries" | "ledger">,
  tally: Tally,
): AlertStatement {
  return {
    type: "comity/v1/alert",
    kind: "undeclared-training",
    ...parts,
    observed: tally.observed,
    flopAtLeast: tally.flopsLeast.toString(),
    projectedFlop: projectedFlop(genesis, tally.flopsLeast, tally.observed).toString(),
  };
}
