import {
  type BondDocument,
  type CadenceDocument,
  figure,
  type Genesis,
  modelCheckpointsCreatedBy,
  modelCheckpointsDueBy,
  type NoticeDocument,
} from "@comity/protocol";

/** Model checkpoints that one sweep judges of one bond. The rest waits for the next: no backlog makes a sweep too long for a peer. */
export const MAX_JUDGED = 16;

/** The run that a bond secures; where no cadence is declared, it owes nothing yet. */
export interface SecuredRun {
  readonly notice: NoticeDocument;
  readonly cadence: CadenceDocument | undefined;
}

export function isRunOver({ status, plannedEndMs }: NoticeDocument, nowMs: number): boolean {
  return status === "completed" || status === "withdrawn" || nowMs > plannedEndMs;
}

/** The next model checkpoints that are due and not judged yet, in order. */
export function dueSequences(bond: BondDocument, run: SecuredRun, genesis: Genesis, nowMs: number): number[] {
  const { cadence } = run;
  if (cadence === undefined) return [];
  const from = judgedThrough(bond, cadence, genesis);
  // In time is up to and including the very millisecond.
  const due = modelCheckpointsDueBy(cadence, nowMs - 1, registrationHours(genesis));
  const length = Math.min(due, owedSequences(run.notice, cadence), from + MAX_JUDGED) - from;
  return Array.from({ length: Math.max(length, 0) }, (_, position) => from + position + 1);
}

/** Whether everything that the run owed under a bond has been judged. */
export function isJudged(bond: BondDocument, { notice, cadence }: SecuredRun, genesis: Genesis): boolean {
  return cadence === undefined || judgedThrough(bond, cadence, genesis) >= owedSequences(notice, cadence);
}

/** What a run created, or should have, until it ended: with its notice, or with its plan. */
function owedSequences(
  { status, plannedEndMs, changedMs }: NoticeDocument,
  cadence: CadenceDocument,
): number {
  const isEnded = status === "completed" || status === "withdrawn";
  const endMs = isEnded ? Math.min(plannedEndMs, changedMs) : plannedEndMs;
  return modelCheckpointsCreatedBy(cadence, endMs);
}

/** What fell due before the surety accepted is not its risk. */
function judgedThrough(bond: BondDocument, cadence: CadenceDocument, genesis: Genesis): number {
  const before = modelCheckpointsDueBy(cadence, bond.acceptedMs ?? 0, registrationHours(genesis));
  return Math.max(bond.judgedThrough, before);
}

function registrationHours(genesis: Genesis): bigint {
  return figure(genesis, "modelCheckpointHours");
}
