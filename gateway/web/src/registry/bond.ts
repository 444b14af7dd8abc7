import {
  bondId,
  bondStatuses,
  decimal,
  type Decoded,
  integer,
  list,
  literal,
  MAX_OPEN_TRIGGERS,
  noticeId,
  nullable,
  object,
  oneOf,
  operatorId,
  suretyId,
} from "@comity/protocol";

const count = integer(0, Number.MAX_SAFE_INTEGER);
const money = object({ amountMinor: decimal(10n ** 18n), currency: literal("USD") });

/** A bond as a gateway lists it. */
export const bond = object({
  id: bondId,
  rev: count,
  surety: suretyId,
  principal: operatorId,
  noticeId,
  status: oneOf(...bondStatuses),
  penal: money,
  encumbered: money,
  forfeited: money,
  released: money,
  available: money,
  openTriggers: list(
    object({
      ground: literal("model-checkpoint-missing"),
      noticeId,
      sequence: count,
      openedMs: count,
      cureByMs: count,
      amount: money,
    }),
    MAX_OPEN_TRIGGERS,
  ),
  postedMs: count,
  acceptedMs: nullable(count),
  changedMs: count,
});
export type Bond = Decoded<typeof bond>;
