import { Backoff } from "@comity/ledger";
import { bucketClosableMs, bucketOf, DomainError, type Genesis } from "@comity/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { LedgerSubmitter } from "./ports.ts";

export interface BucketCloserOptions {
  readonly genesis: Pick<Genesis, "clock" | "members">;
  readonly index: number;
  /** How long each member waits for the one whose turn comes before its own. */
  readonly staggerMs: number;
}

export interface BucketCloserDeps {
  readonly view: { closedBucket(): number | undefined; height(): bigint };
  readonly ledger: LedgerSubmitter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const LOOK_MS = 1000;
const pauses = { firstMs: 1000, longestMs: 30_000 };

/** Closes time on the ledger, so that nothing endorsed long ago can still be committed. Every member does, in turns; the oldest bucket first. */
export class BucketCloser {
  readonly #options: BucketCloserOptions;
  readonly #deps: BucketCloserDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: BucketCloserOptions, deps: BucketCloserDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#running = this.#run(this.#stopping.signal);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** The bucket to close next, and when this member should, in real ms. */
  next(): { readonly bucket: number; readonly dueMs: number } {
    const { genesis, index, staggerMs } = this.#options;
    const closed = this.#deps.view.closedBucket();
    const bucket = closed === undefined ? bucketOf(genesis.clock, genesis.clock.originMs) : closed + 1;
    const turn = (index + bucket) % genesis.members.length;
    return { bucket, dueMs: bucketClosableMs(genesis.clock, bucket) + turn * staggerMs };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(pauses, this.#deps);
    while (!signal.aborted) {
      const { bucket, dueMs } = this.next();
      // Without a block there is no network yet, and nothing to close in it.
      const isDue = this.#deps.view.height() >= 0n && this.#deps.clock.now() >= dueMs;
      if (!isDue) await this.#pause(LOOK_MS, signal);
      else if (!(await this.#close(bucket))) await this.#pause(backoff.next(), signal);
      else {
        backoff.reset();
        await this.#shown(bucket, signal);
      }
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(ms, signal).catch(() => undefined);
  }

  async #close(bucket: number): Promise<boolean> {
    try {
      await this.#deps.ledger.submitIdempotent("coalition:CloseBucket", String(bucket));
      return true;
    } catch (error) {
      const code: unknown = error instanceof DomainError ? error.code : undefined;
      this.#deps.log.warn("a bucket is not closed yet, trying again", { bucket, code });
      return false;
    }
  }

  /** Waits for the view to show what has been written. */
  async #shown(bucket: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.#deps.view.closedBucket() ?? -1) < bucket) {
      await this.#pause(50, signal);
    }
  }
}
