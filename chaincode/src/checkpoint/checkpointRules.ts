import {
  type CadenceDocument,
  type CadenceRequest,
  figure,
  type Genesis,
  modelCheckpointCreatedMs,
  type ModelCheckpointDocument,
  modelCheckpointDueMs,
  type ModelCheckpointRequest,
  type NoticeDocument,
} from "@comity/protocol";
import type { TransactionTime } from "../ledger/ledgerContext.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

const HOUR_MS = 3_600_000;

/** The cadence to store, or undefined where exactly this one was declared. It is for ever: a run cannot thin out what it owes. */
export function declareCadence(
  request: CadenceRequest,
  notice: NoticeDocument,
  existing: CadenceDocument | undefined,
  { policyMs }: TransactionTime,
): CadenceDocument | undefined {
  if (existing !== undefined) {
    if (existing.cadenceHours === request.cadenceHours) return undefined;
    throw new LedgerError("CADENCE_EXISTS", `notice ${request.noticeId} has a cadence, which never changes`);
  }
  if (notice.status !== "started")
    throw new LedgerError("NOTICE_STATE", `a ${notice.status} notice does not allow: declare a cadence`);
  return { ...revisionAfter(), ...request, operatorId: notice.operatorId, fromMs: policyMs };
}

/** The registration that a request makes. A late one is accepted: the record matters more, and being late is a fact of its own. */
export function registerModelCheckpoint(
  request: ModelCheckpointRequest,
  cadence: CadenceDocument,
  genesis: Genesis,
  { policyMs: registeredMs }: TransactionTime,
): ModelCheckpointDocument {
  const { sequence, createdMs } = request;
  if (createdMs > registeredMs)
    throw new LedgerError("MODEL_CHECKPOINT_TIME", "a model checkpoint is registered after its creation");
  // Else one could register a run's whole future on its first day.
  if (createdMs < modelCheckpointCreatedMs(cadence, sequence - 1)) {
    throw new LedgerError(
      "MODEL_CHECKPOINT_TIME",
      `model checkpoint ${sequence} is created after the time of the one before`,
    );
  }
  const hours = figure(genesis, "modelCheckpointHours");
  const isLate =
    registeredMs > createdMs + Number(hours) * HOUR_MS ||
    registeredMs > modelCheckpointDueMs(cadence, sequence, hours);
  return {
    ...revisionAfter(),
    ...request,
    operatorId: cadence.operatorId,
    registeredMs,
    late: isLate,
  };
}

/** Whether a request repeats what is registered word for word. */
export function isSameModelCheckpoint(
  { saltedHash, createdMs }: ModelCheckpointRequest,
  existing: ModelCheckpointDocument,
): boolean {
  return existing.saltedHash === saltedHash && existing.createdMs === createdMs;
}
