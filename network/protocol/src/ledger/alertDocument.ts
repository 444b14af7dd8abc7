import { decodeAlert } from "../alert.ts";
import { type Decoded, decimal, hex, integer, list, literal, object, oneOf, optional } from "../decode.ts";
import { decodeDecision } from "../decision.ts";
import { MAX_MEMBERS } from "../genesis.ts";
import { alertId } from "../ids.ts";
import { ledgerTime, revised } from "./shape.ts";

const signed = {
  /** Kind of the statement as it is part of what was signed. */
  kind: literal("alert"),
  keyEpoch: integer(1, Number.MAX_SAFE_INTEGER),
  statement: decodeAlert,
  signature: hex(96),
  decisions: list(decodeDecision, MAX_MEMBERS),
};

export const alertRequest = object(signed);
export type AlertRequest = Decoded<typeof alertRequest>;

const filed = {
  ...revised,
  alertId,
  ...signed,
  digest: hex(32),
  filedMs: ledgerTime,
  supersedes: optional(alertId),
};

/** As stored. Whether it is still the open one of its slot is read from the slot. */
export const storedAlert = object(filed);
export type StoredAlert = Decoded<typeof storedAlert>;

/** As read. */
export const alertDocument = object({ ...filed, status: oneOf("open", "superseded") });
export type AlertDocument = Decoded<typeof alertDocument>;

/** The open alert of a (subject, kind, window). */
export const alertSlot = object({ ...revised, alertId, flopAtLeast: decimal(10n ** 40n) });
export type AlertSlot = Decoded<typeof alertSlot>;
