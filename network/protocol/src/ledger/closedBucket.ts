import { type Decoded, integer, object } from "../decode.ts";
import type { Clock } from "../time.ts";
import { ledgerTime, revised } from "./shape.ts";

/** How long after its end a bucket may be closed, in real ms: longer than a peer's time window for proposals. */
export const BUCKET_GRACE_MS = 120_000;

/** Where this many buckets back is still open, filings are marked degraded. */
export const BUCKET_LAG = 3;

export const closedBucket = object({
  ...revised,
  bucket: integer(0, Number.MAX_SAFE_INTEGER),
  closedMs: ledgerTime,
});
export type ClosedBucket = Decoded<typeof closedBucket>;

/** First real time at which a bucket may be closed. */
export function bucketClosableMs(clock: Pick<Clock, "bucketMs">, bucket: number): number {
  return (bucket + 1) * clock.bucketMs + BUCKET_GRACE_MS;
}
