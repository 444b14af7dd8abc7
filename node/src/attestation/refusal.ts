import { DomainError } from "@comity/protocol";

/** Why a segment is refused, in the order in which it is found out. A closed list: it labels a metric. */
export const refusalCodes = [
  "SEGMENT_OVERSIZED",
  "SEGMENT_MALFORMED",
  "SEGMENT_UNSIGNED",
  "SEGMENT_SHORT",
  "SEGMENT_NETWORK",
  "SEGMENT_ORIGIN",
  "HOST_NOT_ENROLLED",
  "ACCELERATOR_UNKNOWN",
  "SEGMENT_REPLAYED",
  "SEGMENT_SIGNATURE",
  "SEGMENT_FORKED",
  "SEGMENT_GAP",
  "TIME_BACKWARDS",
  "TIME_FUTURE",
  "NONCE_BACKWARDS",
  "HEAD_MISMATCH",
  "RECORDS_MISMATCH",
  "FLOPS_IMPOSSIBLE",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export class Refusal extends DomainError<RefusalCode> {}
