import {
  type Decoded,
  hex,
  integer,
  MAX_MEMBERS,
  object,
  optional,
  revised,
  signedEpochRecord,
} from "@comity/protocol";
import { decodeDeal } from "@comity/threshold/verify";

/** A dealer's deal; `conflictHash` is that of a second, different one, which disqualifies it. */
export const keyDealDocument = object({
  ...revised,
  attempt: integer(1, 1_000_000),
  index: integer(1, MAX_MEMBERS),
  deal: decodeDeal,
  conflictHash: optional(hex(32)),
});
export type KeyDealDocument = Decoded<typeof keyDealDocument>;

export const epochDocument = object({ ...revised, epoch: signedEpochRecord });
