import { type Decoded, hex, integer, list, object, oneOf, text } from "../decode.ts";

/** Name of the one chaincode event that a transaction may set. */
export const LEDGER_EVENT = "comity.v1";

export const ledgerEventTypes = [
  "genesis",
  "node-registered",
  "membership-proposed",
  "membership-adopted",
  "member-joined",
  "member-left",
  "bucket-closed",
  "key-proposed",
  "key-accepted",
  "key-dealt",
  "key-phase-closed",
  "key-aborted",
  "key-confirmed",
  "key-signed",
  "key-activated",
  "operator-registered",
  "site-registered",
  "hosts-enrolled",
  "notice-filed",
  "notice-amended",
  "notice-withdrawn",
  "notice-started",
  "notice-completed",
  "alert-opened",
  "surety-proposed",
  "surety-admitted",
  "cadence-declared",
  "model-checkpoint-registered",
  "bond-posted",
  "bond-accepted",
  "bond-swept",
  "bond-released",
  "venue-nominated",
  "venue-served",
  "venue-responded",
  "venue-vote-opened",
  "venue-voted",
  "venue-decided",
  "venue-published",
  "digest-filed",
  "tip-officer-registered",
  "tip-gateway-registered",
  "tip-root-filed",
  "opening-requested",
  "opening-approved",
] as const;
export type LedgerEventType = (typeof ledgerEventTypes)[number];

/** Ids and hashes only: `hash` is the SHA-256 of the canonical document that was written. */
const ledgerEvent = object({
  type: oneOf(...ledgerEventTypes),
  subject: text(128),
  rev: integer(1, Number.MAX_SAFE_INTEGER),
  hash: hex(32),
});

export const decodeLedgerEvents = object({ events: list(ledgerEvent, 16) });
export type LedgerEvent = Decoded<typeof ledgerEvent>;
