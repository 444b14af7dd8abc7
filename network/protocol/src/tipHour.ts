import type { Genesis } from "./genesis.ts";
import { bucketOf } from "./time.ts";

/** A tip's time is kept as the number of its hour and no finer, so that it cannot be matched with when somebody was online. */

const lengthMs = { production: 3_600_000, evaluation: 10_000 } as const;

/** Real ms; on evaluation networks an hour is over while one watches. */
export function tipHourMs({ mode }: Pick<Genesis, "mode">): number {
  return lengthMs[mode];
}

export function tipHourOf(genesis: Pick<Genesis, "mode">, realMs: number): number {
  return Math.floor(realMs / tipHourMs(genesis));
}

/** The first ms after an hour. */
export function tipHourEndMs(genesis: Pick<Genesis, "mode">, tipHour: number): number {
  return (tipHour + 1) * tipHourMs(genesis);
}

/** The bucket until whose closing an hour's root may be filed: the one in which the following hour ends. */
export function tipRootBucket(genesis: Pick<Genesis, "mode" | "clock">, tipHour: number): number {
  return bucketOf(genesis.clock, tipHourEndMs(genesis, tipHour + 1));
}
