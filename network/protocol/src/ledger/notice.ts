import {
  boolean,
  type Decoded,
  decimal,
  integer,
  list,
  literal,
  nullable,
  object,
  oneOf,
  optional,
} from "../decode.ts";
import type { Interval } from "../alert.ts";
import { noticeId, operatorId, siteId } from "../ids.ts";
import { ledgerTime, phrase, revised } from "./shape.ts";

const flop = decimal(10n ** 36n);

/** What a Model Run Notice says (blueprint, "Model Run Notice (Statutory Text)"); times are policy time. */
const content = {
  /** The person or entity that trains, where that is not the operator. */
  developer: phrase(120),
  /** (a) model family and parameters */
  model: object({ family: phrase(80), name: phrase(80), parameters: decimal(10n ** 18n) }),
  /** (b) compute budget: of this run, and with everything that it builds on */
  compute: object({ incrementalFlop: flop, cumulativeFlop: flop }),
  /** (c) facility identifiers */
  facilities: list(siteId, 16, 1),
  /** (d) hardware inventory */
  hardware: list(object({ model: phrase(64), count: integer(1, 10_000_000) }), 32, 1),
  /** (e) attestation modality: segments signed by host keys, by firmware, or on the die */
  attestation: oneOf("segment", "firmware", "on-die"),
  plannedStartMs: ledgerTime,
  plannedEndMs: ledgerTime,
};
const source = optional(phrase(400));

export const noticeRequest = object({ noticeId, operatorId, ...content, source });
export type NoticeRequest = Decoded<typeof noticeRequest>;

/** Changed fields only; whose notice it is never changes. */
export const noticeAmendment = object({
  developer: optional(content.developer),
  model: optional(content.model),
  compute: optional(content.compute),
  facilities: optional(content.facilities),
  hardware: optional(content.hardware),
  attestation: optional(content.attestation),
  plannedStartMs: optional(content.plannedStartMs),
  plannedEndMs: optional(content.plannedEndMs),
  source,
});
export type NoticeAmendment = Decoded<typeof noticeAmendment>;

export const withdrawalReason = phrase(400);

export const noticeStatuses = ["filed", "started", "completed", "withdrawn"] as const;
export type NoticeStatus = (typeof noticeStatuses)[number];

export const noticeDocument = object({
  ...revised,
  noticeId,
  operatorId,
  ...content,
  source,
  status: oneOf(...noticeStatuses),
  /** Policy time of the filing, and of this revision. */
  filedMs: ledgerTime,
  changedMs: ledgerTime,
  /** From here the lead time counts: the filing, or the last amendment that made the run larger. */
  noticedMs: ledgerTime,
  /** Noticed later than the rulebook's lead time before the planned start: strict liability, up to `penalty`. */
  late: boolean(),
  penalty: nullable(
    object({
      floorMinor: decimal(10n ** 18n),
      turnoverBasisPoints: integer(0, 10_000),
      currency: literal("USD"),
    }),
  ),
  /** Closed buckets lagged behind when this revision was written, so its time is less certain. */
  degraded: boolean(),
  /** Reporting threshold when the notice was filed. */
  threshold: flop,
  reason: optional(withdrawalReason),
});
export type NoticeDocument = Decoded<typeof noticeDocument>;

type NoticeRevision = Pick<
  NoticeDocument,
  "noticeId" | "rev" | "status" | "facilities" | "changedMs" | "plannedStartMs" | "plannedEndMs"
>;

/**
 * The times at which work at a site was declared: a notice was open then, as the ledger stood then, and its plan held that moment.
 * A filing or an amendment never reaches back, and what was declared stays so when the notice is completed or withdrawn later.
 * @param revisions of all notices, in any order
 */
export function declaredIntervals(revisions: readonly NoticeRevision[], site: string): Interval[] {
  return revisions.flatMap((revision) => {
    const isOpen = revision.status === "filed" || revision.status === "started";
    if (!isOpen || !revision.facilities.some((facility) => facility === site)) return [];
    const next = revisions.find(
      ({ noticeId, rev }) => noticeId === revision.noticeId && rev === revision.rev + 1,
    );
    const startMs = Math.max(revision.changedMs, revision.plannedStartMs);
    const endMs = Math.min(next?.changedMs ?? revision.plannedEndMs, revision.plannedEndMs);
    return startMs < endMs ? [{ startMs, endMs }] : [];
  });
}

/** Whether work in an interval was declared, if only in part: the doubt is the operator's. */
export function isDeclared({ startMs, endMs }: Interval, declared: readonly Interval[]): boolean {
  return declared.some((other) => startMs < other.endMs && other.startMs < endMs);
}
