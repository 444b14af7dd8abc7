import { boolean, type Decoded, hex, integer, object } from "../decode.ts";
import { noticeId, operatorId } from "../ids.ts";
import { ledgerTime, revised } from "./shape.ts";

export const MAX_CADENCE_HOURS = 24 * 90;
const MAX_SEQUENCE = 1_000_000;
const sequence = integer(1, MAX_SEQUENCE);

/** When a run's model checkpoints are to be created: the k-th at `fromMs + k · cadenceHours`. Declared once, for ever. */
export const cadenceRequest = object({ noticeId, cadenceHours: integer(1, MAX_CADENCE_HOURS) });
export type CadenceRequest = Decoded<typeof cadenceRequest>;

export const cadenceDocument = object({
  ...revised,
  noticeId,
  operatorId,
  cadenceHours: integer(1, MAX_CADENCE_HOURS),
  /** Policy time of the declaration. */
  fromMs: ledgerTime,
});
export type CadenceDocument = Decoded<typeof cadenceDocument>;

export const modelCheckpointRequest = object({
  noticeId,
  sequence,
  /** SHA-256 of salt ‖ weights; unique in the network. */
  saltedHash: hex(32),
  /** Policy time at which the model checkpoint was created. */
  createdMs: ledgerTime,
});
export type ModelCheckpointRequest = Decoded<typeof modelCheckpointRequest>;

export const modelCheckpointDocument = object({
  ...revised,
  noticeId,
  operatorId,
  sequence,
  saltedHash: hex(32),
  createdMs: ledgerTime,
  registeredMs: ledgerTime,
  /** Registered after the rulebook's time; accepted, and still a fact. */
  late: boolean(),
});
export type ModelCheckpointDocument = Decoded<typeof modelCheckpointDocument>;

/** Which model checkpoint a salted hash stands for, for ever. */
export const saltedHashClaim = object({ ...revised, noticeId, sequence });

const HOUR_MS = 3_600_000;

type Cadence = Pick<CadenceDocument, "fromMs" | "cadenceHours">;

/** Policy time at which the k-th model checkpoint of a run is to be created. */
export function modelCheckpointCreatedMs({ fromMs, cadenceHours }: Cadence, sequence: number): number {
  return fromMs + sequence * cadenceHours * HOUR_MS;
}

/** How many model checkpoints of a run are to be created up to a policy time. */
export function modelCheckpointsCreatedBy({ fromMs, cadenceHours }: Cadence, policyMs: number): number {
  const count = Math.floor((policyMs - fromMs) / (cadenceHours * HOUR_MS));
  return Math.min(Math.max(count, 0), MAX_SEQUENCE);
}

/** Policy time at which the k-th model checkpoint of a run must be registered at the latest. */
export function modelCheckpointDueMs(
  { fromMs, cadenceHours }: Cadence,
  sequence: number,
  registrationHours: bigint,
): number {
  return fromMs + (sequence * cadenceHours + Number(registrationHours)) * HOUR_MS;
}

/** How many model checkpoints of a run must be registered by a policy time at the latest. */
export function modelCheckpointsDueBy(cadence: Cadence, policyMs: number, registrationHours: bigint): number {
  return modelCheckpointsCreatedBy(cadence, policyMs - Number(registrationHours) * HOUR_MS);
}
