import { setTimeout as pause } from "node:timers/promises";
import { percentile } from "../figures.ts";

export interface Pace {
  /** Committed transactions a second, of all callers together. */
  readonly rate: number;
  readonly p50Ms: number;
}

/** Not counted: until callers are out of step and connections are warm. */
const warmUpMs = 2_000;

/** Callers that each have one transaction under way, and begin the next when it is committed. @throws what a transaction throws */
export async function paceOf(
  submit: () => Promise<unknown>,
  callers: number,
  measuredMs: number,
): Promise<Pace> {
  const latencies: number[] = [];
  const fromMs = performance.now() + warmUpMs;
  const untilMs = fromMs + measuredMs;
  const call = async (): Promise<void> => {
    for (;;) {
      const startedMs = performance.now();
      if (startedMs >= untilMs) return;
      await submit();
      const endedMs = performance.now();
      if (endedMs >= fromMs && endedMs < untilMs) latencies.push(endedMs - startedMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  await pause(warmUpMs); // what is still being written is not the next one's
  return { rate: latencies.length / (measuredMs / 1000), p50Ms: percentile(latencies, 50) };
}
