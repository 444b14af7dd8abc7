import { setTimeout as timeout } from "node:timers/promises";
import { policyTime, type Genesis } from "@comity/protocol";

/** Real time for networks and disks, policy time for rules. */
export interface Clock {
  now(): number;
  policyNow(): number;
  /** Real milliseconds. Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export function systemClock(genesis: Pick<Genesis, "clock">): Clock {
  return {
    now: () => Date.now(),
    policyNow: () => policyTime(genesis.clock, Date.now()),
    sleep: (ms, signal) => timeout(ms, undefined, { signal }),
  };
}
