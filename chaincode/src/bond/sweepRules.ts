import {
  availableMinor,
  type BondDocument,
  type BondTrigger,
  DAY_MS,
  figure,
  type FigureName,
  type Genesis,
  MAX_OPEN_TRIGGERS,
  type ModelCheckpointDocument,
  type SweptBond,
} from "@comity/protocol";
import { revisionAfter } from "../ledger/table.ts";
import { dueSequences, type SecuredRun } from "./securedRun.ts";

/** What a sweep judges by. */
export interface SweepFacts {
  readonly run: SecuredRun;
  /** Those of `sequencesToJudge` that are registered, by sequence. */
  readonly registered: ReadonlyMap<number, ModelCheckpointDocument>;
  readonly genesis: Genesis;
  readonly nowMs: number;
}

/** Shares of the penal sum by how many triggers came before it and were not cured; the last is for all later ones. */
const schedule = [
  "bondFirstForfeitureBasisPoints",
  "bondSecondForfeitureBasisPoints",
] as const satisfies readonly FigureName[];
const later = "bondLaterForfeitureBasisPoints" satisfies FigureName;

/** The model checkpoints on which a sweep depends: those of open triggers, and those that fell due since the last one. */
export function sequencesToJudge(
  bond: BondDocument,
  { run, genesis, nowMs }: Omit<SweepFacts, "registered">,
) {
  if (bond.status !== "active") return [];
  const open = bond.openTriggers.map(({ sequence }) => sequence);
  return [...open, ...dueSequences(bond, run, genesis, nowMs)];
}

/** A bond after a sweep; the same object where nothing was to be done. Stored facts decide, so it does not matter who sweeps. */
export function sweepBond(bond: BondDocument, facts: SweepFacts): SweptBond {
  const untouched: SweptBond = { bond, opened: [], cured: [], forfeited: [] };
  if (bond.status !== "active") return untouched;
  const swept = judgeDue(settleOpen(untouched, facts), facts);
  if (swept.bond === bond) return untouched;
  const status = swept.bond.forfeitedMinor === bond.penalMinor ? "exhausted" : "active";
  return { ...swept, bond: { ...swept.bond, ...revisionAfter(bond), status, changedMs: facts.nowMs } };
}

/** An open trigger is cured by a registration within its window, forfeited once that is over, else stays open. */
function settleOpen(before: SweptBond, { registered, nowMs }: SweepFacts): SweptBond {
  let { bond } = before;
  const cured: number[] = [];
  const forfeited: number[] = [];
  for (const trigger of bond.openTriggers) {
    const registeredMs = registered.get(trigger.sequence)?.registeredMs ?? Number.POSITIVE_INFINITY;
    if (registeredMs <= trigger.cureByMs) {
      bond = closed(bond, trigger);
      cured.push(trigger.sequence);
    } else if (nowMs > trigger.cureByMs) {
      bond = forfeit(bond, trigger);
      forfeited.push(trigger.sequence);
    }
  }
  return { ...before, bond, cured, forfeited };
}

/** Judges what fell due, in order. Where nothing more can be encumbered, the rest waits: it may be once a trigger is cured. */
function judgeDue(before: SweptBond, { run, registered, genesis, nowMs }: SweepFacts): SweptBond {
  let { bond } = before;
  const opened: number[] = [];
  for (const sequence of dueSequences(bond, run, genesis, nowMs)) {
    if (registered.get(sequence)?.late !== false) {
      const amount = encumbrance(bond, genesis);
      if (amount === 0n) break;
      bond = open(bond, sequence, amount, genesis, nowMs);
      opened.push(sequence);
    }
    bond = { ...bond, judgedThrough: sequence };
  }
  return { ...before, bond, opened };
}

/** What the next trigger encumbers: the schedule's share of the penal sum, rounded up, and at most what is available. */
function encumbrance(bond: BondDocument, genesis: Genesis): bigint {
  if (bond.openTriggers.length >= MAX_OPEN_TRIGGERS) return 0n;
  const basisPoints = figure(genesis, schedule[bond.forfeitures + bond.openTriggers.length] ?? later);
  const share = (BigInt(bond.penalMinor) * basisPoints + 9_999n) / 10_000n;
  const available = availableMinor(bond);
  return share < available ? share : available;
}

function open(
  bond: BondDocument,
  sequence: number,
  amount: bigint,
  genesis: Genesis,
  nowMs: number,
): BondDocument {
  const trigger: BondTrigger = {
    ground: "model-checkpoint-missing",
    noticeId: bond.noticeId,
    sequence,
    openedMs: nowMs,
    cureByMs: nowMs + Number(figure(genesis, "bondCureDays")) * DAY_MS,
    amountMinor: amount.toString(),
  };
  return {
    ...bond,
    openTriggers: [...bond.openTriggers, trigger],
    encumberedMinor: sum(bond.encumberedMinor, amount),
  };
}

function closed(bond: BondDocument, { sequence, amountMinor }: BondTrigger): BondDocument {
  const openTriggers = bond.openTriggers.filter((trigger) => trigger.sequence !== sequence);
  return { ...bond, openTriggers, encumberedMinor: sum(bond.encumberedMinor, -BigInt(amountMinor)) };
}

function forfeit(bond: BondDocument, trigger: BondTrigger): BondDocument {
  const forfeitedMinor = sum(bond.forfeitedMinor, BigInt(trigger.amountMinor));
  return { ...closed(bond, trigger), forfeitedMinor, forfeitures: bond.forfeitures + 1 };
}

function sum(minor: string, more: bigint): string {
  return (BigInt(minor) + more).toString();
}
