import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { join } from "node:path";
import {
  concat,
  type Genesis,
  type MemberId,
  type NetworkId,
  tipHourEndMs,
  tipHourOf,
  u32,
  u64,
} from "@comity/protocol";
import { hourLeaves, type TipHour } from "@comity/tip";
import type { RealClock } from "../clock.ts";
import type { Startable } from "../lifecycle.ts";
import { readSecret, writeSecret } from "../store/secretFile.ts";
import type { Certificates } from "./certificates.ts";
import type { HourlyLog } from "./hourlyLog.ts";
import { TipStoreError } from "./tipError.ts";
import type { TipStore } from "./tipStore.ts";

export interface TipHoursOptions {
  readonly directory: string;
  readonly networkId: NetworkId;
  readonly memberId: MemberId;
  readonly genesis: Pick<Genesis, "mode">;
}

export interface TipHoursDeps {
  readonly store: TipStore;
  readonly certificates: Certificates;
  readonly clock: RealClock;
  readonly random: (size: number) => Uint8Array;
  readonly log: Pick<HourlyLog, "flush">;
  readonly fatal: (error: Error) => void;
}

/** Ends each tip hour when it is over, and gives its list, always the same one. */
export class TipHours implements Startable {
  readonly #options: TipHoursOptions;
  readonly #deps: TipHoursDeps;
  readonly #stopping = new AbortController();
  #secret: KeyObject = createSecretKey(new Uint8Array());
  #running: Promise<void> = Promise.resolve();

  constructor(options: TipHoursOptions, deps: TipHoursDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#secret = await this.#loadSecret();
    const hours = new Set(this.#deps.store.own().map(({ tipHour }) => tipHour));
    for (const tipHour of hours) await this.#deps.certificates.load(tipHour);
    await this.#end();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** @throws TipStoreError TIP_HOUR_RUNNING */
  list(tipHour: number): TipHour {
    const { store } = this.#deps;
    if (tipHour > store.closedThrough)
      throw new TipStoreError("TIP_HOUR_RUNNING", `hour ${tipHour} is not over, so it has no list yet`);
    const { networkId, memberId } = this.#options;
    const cellHashes = store.ownIn(tipHour).map(({ cellHash }) => cellHash);
    const leaves = hourLeaves(networkId, cellHashes, (n) => this.#dummy(tipHour, n));
    return { type: "comity/v1/tip-hour", networkId, memberId, tipHour, leaves };
  }

  async #run(): Promise<void> {
    const { clock, fatal } = this.#deps;
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        const endMs = tipHourEndMs(this.#options.genesis, this.#hourNow());
        await this.#end();
        // Ending hours takes time: where the next one is over by now, it is ended at once.
        await clock.sleep(Math.max(0, endMs - clock.now()), signal);
      }
    } catch (error) {
      if (!signal.aborted) fatal(error instanceof Error ? error : new Error("a tip hour could not be ended"));
    }
  }

  /** Ends all hours that are over. */
  async #end(): Promise<void> {
    const { store, certificates, log } = this.#deps;
    const from = store.closedThrough;
    await store.closeThrough(this.#hourNow() - 1);
    const ended = store.own().filter(({ tipHour }) => tipHour > from && tipHour <= store.closedThrough);
    for (const tipHour of new Set(ended.map((tip) => tip.tipHour))) await certificates.save(tipHour);
    log.flush();
  }

  #hourNow(): number {
    return tipHourOf(this.#options.genesis, this.#deps.clock.now());
  }

  /** Nobody without the secret can tell it from a leaf; with it, it need not be stored. */
  #dummy(tipHour: number, n: number): Uint8Array {
    return createHmac("sha256", this.#secret)
      .update(concat(u64(tipHour), u32(n)))
      .digest();
  }

  async #loadSecret(): Promise<KeyObject> {
    const file = join(this.#options.directory, "dummies.key");
    const known = await readSecret(file);
    if (known !== undefined) return createSecretKey(known);
    const secret = this.#deps.random(32);
    await writeSecret(file, secret);
    return createSecretKey(secret);
  }
}
