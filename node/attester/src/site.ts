import type { KeyObject } from "node:crypto";
import { fromHex } from "@comity/protocol";
import type { AttesterConfig } from "./config.ts";
import type { IntakeClient } from "./intakeClient.ts";
import type { ReadingSource } from "./reading.ts";
import type { SegmentTask } from "./segmentMaker.ts";
import type { Spool } from "./spool.ts";

export interface Clock {
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export type ConfiguredHost = AttesterConfig["hosts"][number];

/** What one line on stdout says. */
export type AttesterEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** What the maker and the sender of one site share. */
export interface Site {
  readonly config: AttesterConfig;
  readonly hosts: ReadonlyMap<string, ConfiguredHost>;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly source: ReadingSource;
  readonly spool: Spool;
  readonly client: IntakeClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: AttesterEvent) => void;
  /** Hosts whose next segment must wait until the node has said where they stand. */
  readonly unknown: Set<string>;
  readonly fresh: { nonceEpoch: Uint8Array | undefined; askAgainMs: number };
}

/** A node counts what is signed with an epoch of the last ten minutes; what it gives is up to two minutes old. */
const ASK_AGAIN_MS = 300_000;

export function noteNonceEpoch({ fresh, clock }: Site, nonceEpoch: string): void {
  fresh.nonceEpoch = fromHex(nonceEpoch, 8);
  fresh.askAgainMs = clock.now() + ASK_AGAIN_MS;
}

export function taskOf(
  site: Site,
  host: ConfiguredHost,
  nonceEpoch: Uint8Array,
): Omit<SegmentTask, "chain" | "endMs"> {
  const { origin, networkId, recordIntervalMs } = site.config;
  return {
    origin,
    networkId,
    recordIntervalMs,
    accelerators: host.accelerators,
    nonceEpoch,
    source: site.source,
  };
}
