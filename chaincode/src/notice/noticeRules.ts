import {
  canonicalString,
  DAY_MS,
  figure,
  type Genesis,
  type NoticeAmendment,
  type NoticeDocument,
  type NoticeRequest,
  type NoticeStatus,
  type OperatorDocument,
  penaltyFigures,
} from "@comity/protocol";
import { LedgerError } from "../ledger/ledgerError.ts";
import type { TransactionTime } from "../ledger/ledgerContext.ts";
import { revisionAfter } from "../ledger/table.ts";

export type NoticeAction = "amend" | "withdraw" | "start" | "complete";

/**
 * What may be done to a notice, and what it then is. A filed run is still a plan; a started one can only grow, shrink or end; completed
 * and withdrawn notices are history.
 */
export const noticeTransitions: {
  readonly [S in NoticeStatus]: Readonly<Partial<Record<NoticeAction, NoticeStatus>>>;
} = {
  filed: { amend: "filed", withdraw: "withdrawn", start: "started" },
  started: { amend: "started", complete: "completed" },
  completed: {},
  withdrawn: {},
};

export interface NoticeCircumstances {
  readonly genesis: Genesis;
  readonly operator: OperatorDocument;
  readonly time: TransactionTime & { readonly isDegraded: boolean };
}

/** The notice that a filing makes. Late ones are accepted: the record matters more, and the penalty is for being late. */
export function fileNotice(request: NoticeRequest, circumstances: NoticeCircumstances): NoticeDocument {
  const { genesis, time } = circumstances;
  const threshold = figure(genesis, "reportingThresholdFlop").toString();
  validateContent({ ...request, threshold }, circumstances.operator);
  const now = time.policyMs;
  const filed = { ...request, threshold, status: "filed", filedMs: now, noticedMs: now } as const;
  return judged({ ...filed, ...revisionAfter() }, circumstances);
}

/** Whether a filing repeats an earlier one word for word. */
export function isSameFiling(request: NoticeRequest, original: NoticeDocument): boolean {
  const keys = Object.keys(request) as (keyof NoticeRequest)[];
  const hasSameKeys = (request.source === undefined) === (original.source === undefined);
  return hasSameKeys && keys.every((key) => canonicalString(request[key]) === canonicalString(original[key]));
}

/** The notice with changes, or undefined where nothing would change. */
export function amendNotice(
  notice: NoticeDocument,
  amendment: NoticeAmendment,
  circumstances: NoticeCircumstances,
): NoticeDocument | undefined {
  const changed = { ...notice, ...amendment };
  if (canonicalString(changed) === canonicalString(notice)) return undefined;
  const status = statusAfter(notice, "amend");
  if (notice.status === "started" && changed.plannedStartMs !== notice.plannedStartMs) {
    throw new LedgerError("NOTICE_START_FROZEN", "the run has started: its start cannot be moved");
  }
  if (notice.status === "started") assertEndsLater(notice, changed, circumstances.time.policyMs);
  validateContent(changed, circumstances.operator);
  const noticedMs = isLarger(notice, changed) ? circumstances.time.policyMs : notice.noticedMs;
  return judged({ ...changed, ...revisionAfter(notice), status, noticedMs }, circumstances);
}

export function withdrawNotice(
  notice: NoticeDocument,
  reason: string,
  circumstances: NoticeCircumstances,
): NoticeDocument {
  return moved({ ...notice, reason }, notice, "withdraw", circumstances);
}

/** A run starts within its planned time, never before: postponing and bringing forward are amendments. */
export function startNotice(notice: NoticeDocument, circumstances: NoticeCircumstances): NoticeDocument {
  const now = circumstances.time.policyMs;
  const started = moved(notice, notice, "start", circumstances);
  if (now < notice.plannedStartMs)
    throw new LedgerError("NOTICE_EARLY", "the planned start has not come yet");
  if (now > notice.plannedEndMs)
    throw new LedgerError("NOTICE_ENDED", "the planned end has passed: amend the notice first");
  return started;
}

export function completeNotice(notice: NoticeDocument, circumstances: NoticeCircumstances): NoticeDocument {
  return moved(notice, notice, "complete", circumstances);
}

function statusAfter(notice: NoticeDocument, action: NoticeAction): NoticeStatus {
  const next = noticeTransitions[notice.status][action];
  if (next === undefined)
    throw new LedgerError("NOTICE_STATE", `a ${notice.status} notice does not allow: ${action}`);
  return next;
}

function moved(
  changed: NoticeDocument,
  notice: NoticeDocument,
  action: NoticeAction,
  { time }: NoticeCircumstances,
): NoticeDocument {
  const status = statusAfter(notice, action);
  return {
    ...changed,
    ...revisionAfter(notice),
    status,
    changedMs: time.policyMs,
    degraded: time.isDegraded,
  };
}

/** Larger: more compute, or another facility. The lead time of what is new counts from its own notice. */
function isLarger(before: NoticeDocument, after: NoticeDocument): boolean {
  const hasMoreCompute = (["incrementalFlop", "cumulativeFlop"] as const).some(
    (budget) => BigInt(after.compute[budget]) > BigInt(before.compute[budget]),
  );
  return hasMoreCompute || after.facilities.some((facility) => !before.facilities.includes(facility));
}

/** What a run owed while it went on stays owed: no amendment says afterwards that it had ended before. */
function assertEndsLater(before: NoticeDocument, after: NoticeDocument, nowMs: number): void {
  if (after.plannedEndMs !== before.plannedEndMs && after.plannedEndMs < nowMs)
    throw new LedgerError(
      "NOTICE_PERIOD",
      "the run has started: its planned end cannot be moved into the past",
    );
}

type Content = Pick<
  NoticeDocument,
  "compute" | "plannedStartMs" | "plannedEndMs" | "facilities" | "threshold"
>;

function validateContent(content: Content, operator: OperatorDocument): void {
  const { compute, facilities, threshold } = content;
  const cumulative = BigInt(compute.cumulativeFlop);
  if (BigInt(compute.incrementalFlop) > cumulative) {
    throw new LedgerError("NOTICE_COMPUTE", "the cumulative compute includes this run's");
  }
  if (cumulative <= BigInt(threshold))
    throw new LedgerError("NOTICE_NOT_REQUIRED", `only more than ${threshold} FLOP needs a notice`);
  if (content.plannedEndMs <= content.plannedStartMs)
    throw new LedgerError("NOTICE_PERIOD", "the planned end must follow the start");
  const unknown = facilities.find((facility) => !operator.sites.includes(facility));
  if (unknown !== undefined || new Set(facilities).size !== facilities.length) {
    throw new LedgerError(
      "NOTICE_FACILITY",
      `facilities are distinct registered sites of ${operator.operatorId}`,
    );
  }
}

type Unjudged = Omit<NoticeDocument, "changedMs" | "late" | "penalty" | "degraded">;

/** Adds what follows from the time: whether the lead time was kept, and the penalty's ceiling where it was not. */
function judged(notice: Unjudged, { genesis, time }: NoticeCircumstances): NoticeDocument {
  const leadMs = Number(figure(genesis, "noticeLeadDays")) * DAY_MS;
  const late = notice.plannedStartMs - notice.noticedMs < leadMs;
  const penalty = late ? latePenalty(genesis) : null;
  return { ...notice, late, penalty, changedMs: time.policyMs, degraded: time.isDegraded };
}

function latePenalty(genesis: Genesis): NoticeDocument["penalty"] {
  const { floorMinor, turnoverBasisPoints } = penaltyFigures(genesis);
  return {
    floorMinor: floorMinor.toString(),
    turnoverBasisPoints: Number(turnoverBasisPoints),
    currency: "USD",
  };
}
