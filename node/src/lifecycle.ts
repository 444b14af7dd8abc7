import type { Log } from "./telemetry/log.ts";

/** A part of the node that runs until it is stopped; `T` is what it knows once it runs. */
export interface Startable<T = void> {
  start(): Promise<T>;
  stop(): Promise<void>;
}

/** Starts parts in order and stops them in the reverse. */
export class Lifecycle {
  readonly #log: Log;
  readonly #stops: (() => void | Promise<void>)[] = [];

  constructor(deps: { readonly log: Log }) {
    this.#log = deps.log;
  }

  async start<T>(part: Startable<T>): Promise<T> {
    // Before it has started: a part that fails halfway has something to stop, too.
    this.onStop(() => part.stop());
    return part.start();
  }

  onStop(stop: () => void | Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Every part gets its turn, whatever the others do. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        this.#log.warn("a part did not stop cleanly", { error });
      }
    }
  }
}
