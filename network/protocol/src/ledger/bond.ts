import { type Decoded, decimal, integer, list, literal, nullable, object, oneOf, text } from "../decode.ts";
import { MAX_MEMBERS } from "../genesis.ts";
import { bondId, memberId, noticeId, operatorId, suretyId } from "../ids.ts";
import { ledgerTime, phrase, revised } from "./shape.ts";

/** Amounts are integers in the currency's smallest unit, as decimal text. */
const minor = decimal(10n ** 18n);
const sequence = integer(1, 1_000_000);
/** As genesis has them. */
const mspId = text(64, /^[A-Za-z0-9.-]+$/);

/** Open at once: more would make one sweep too long for a peer. */
export const MAX_OPEN_TRIGGERS = 8;
/** Ids that one sweep judges. */
export const MAX_SWEPT_BONDS = 10;

/** A fact that costs part of a bond unless it is cured in time; `sequence` is that of the missing model checkpoint. */
const bondTrigger = object({
  ground: literal("model-checkpoint-missing"),
  noticeId,
  sequence,
  openedMs: ledgerTime,
  cureByMs: ledgerTime,
  /** Encumbered since the trigger opened; forfeited if it is not cured. */
  amountMinor: minor,
});
export type BondTrigger = Decoded<typeof bondTrigger>;

export const bondRequest = object({
  bondId,
  principal: operatorId,
  surety: suretyId,
  penalMinor: minor,
  currency: literal("USD"),
  /** The run that it secures. */
  noticeId,
});
export type BondRequest = Decoded<typeof bondRequest>;

export const bondStatuses = ["posted", "active", "exhausted", "released"] as const;
export type BondStatus = (typeof bondStatuses)[number];

/** penal = available + encumbered + forfeited + released, at every revision; `available` is what is left. */
export const bondDocument = object({
  ...revised,
  bondId,
  principal: operatorId,
  /** The principal's member, whose officers act for it. */
  memberId,
  surety: suretyId,
  noticeId,
  currency: literal("USD"),
  penalMinor: minor,
  encumberedMinor: minor,
  forfeitedMinor: minor,
  releasedMinor: minor,
  status: oneOf(...bondStatuses),
  /** In the order in which they opened. */
  openTriggers: list(bondTrigger, MAX_OPEN_TRIGGERS),
  /** Model checkpoints up to this one have been judged; no fact is judged twice. */
  judgedThrough: integer(0, 1_000_000),
  /** Forfeitures so far: the schedule grows with them. */
  forfeitures: integer(0, 1_000_000),
  /** Policy time. */
  postedMs: ledgerTime,
  acceptedMs: nullable(ledgerTime),
  changedMs: ledgerTime,
});
export type BondDocument = Decoded<typeof bondDocument>;

/** What may still be forfeited. */
export function availableMinor(
  bond: Pick<BondDocument, "penalMinor" | "encumberedMinor" | "forfeitedMinor" | "releasedMinor">,
): bigint {
  const spent = BigInt(bond.encumberedMinor) + BigInt(bond.forfeitedMinor) + BigInt(bond.releasedMinor);
  return BigInt(bond.penalMinor) - spent;
}

/** Ids that are to be swept. More of them are refused by a code of their own, up to this length. */
export const sweepRequest = list(bondId, 100);

/** What `bond:SweepDue` answers for each id: the bond as it stands, and which model checkpoints changed it. */
const sweptBond = object({
  bond: bondDocument,
  opened: list(sequence, MAX_OPEN_TRIGGERS),
  cured: list(sequence, MAX_OPEN_TRIGGERS),
  forfeited: list(sequence, MAX_OPEN_TRIGGERS),
});
export const sweepResult = object({ swept: list(sweptBond, MAX_SWEPT_BONDS) });
export type SweptBond = Decoded<typeof sweptBond>;

/** A vote of a member to admit a surety; the q-th equal one admits it. */
export const suretyRequest = object({ suretyId, mspId, name: phrase(120) });
export type SuretyRequest = Decoded<typeof suretyRequest>;

export const suretyDocument = object({
  ...revised,
  suretyId,
  mspId,
  name: phrase(120),
  /** Members that voted, in the order in which they did. */
  votes: list(memberId, MAX_MEMBERS),
  status: oneOf("proposed", "admitted"),
});
export type SuretyDocument = Decoded<typeof suretyDocument>;
