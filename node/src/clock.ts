import { setTimeout as timeout } from "node:timers/promises";
import { policyTime, type Genesis } from "@comity/protocol";

/** For networks and disks: milliseconds since 1970. */
export interface RealClock {
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Real time, and policy time for rules. */
export interface Clock extends RealClock {
  policyNow(): number;
}

export function systemClock(genesis: Pick<Genesis, "clock">): Clock {
  return {
    now: () => Date.now(),
    policyNow: () => policyTime(genesis.clock, Date.now()),
    sleep: (ms, signal) => timeout(ms, undefined, { signal }),
  };
}
