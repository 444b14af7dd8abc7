import type { RealClock } from "../../clock.ts";
import type { PartLog } from "../../telemetry/log.ts";
import type { Startable } from "../../lifecycle.ts";

/** Does the same thing again and again until it is stopped; a failure is logged and the next round goes on. */
export class TopicLoop implements Startable {
  readonly #intervalMs: number;
  readonly #round: () => Promise<void>;
  readonly #deps: { readonly clock: RealClock; readonly log: PartLog };
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(
    intervalMs: number,
    round: () => Promise<void>,
    deps: { readonly clock: RealClock; readonly log: PartLog },
  ) {
    this.#intervalMs = intervalMs;
    this.#round = round;
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#loop = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#round().catch((error: unknown) => {
        this.#deps.log.warn("a round of gossip failed", { error: String(error) });
      });
      await this.#deps.clock.sleep(this.#intervalMs, signal).catch(() => undefined);
    }
  }
}
