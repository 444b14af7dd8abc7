import type { Health } from "./health.ts";

/** Fewer are on their way. */
const fewBlocks = 3;
/** One that comes back begins to catch up after some seconds. */
const patienceMs = 30_000;

/**
 * Finds orderers that answer and stand still while others go on. Fabric's BFT synchronizer (as of 3.1.5) can lock itself up at its end: the deliverer
 * holds its mutex and stops the censorship monitor, which holds its own and asks the deliverer for its progress. Nothing but a new start helps then,
 * and until somebody sees it the network bears one fault less.
 */
export class Standstill {
  /** Those that are behind: where they stood first, and since when. */
  readonly #behind = new Map<string, { readonly height: number; readonly sinceMs: number }>();

  /** @returns the orderer to start anew; one at a time, since only a few may be away at once */
  look(all: readonly Health[], nowMs: number): string | undefined {
    const orderers = all.filter(({ name }) => name.startsWith("orderer-"));
    const greatest = Math.max(...orderers.map(({ height = 0 }) => height));
    for (const { name, height } of orderers) {
      if (height === undefined || height + fewBlocks >= greatest) this.#behind.delete(name);
      else if (this.#behind.get(name)?.height !== height) this.#behind.set(name, { height, sinceMs: nowMs });
    }
    const [stuck] = [...this.#behind].find(([, { sinceMs }]) => nowMs - sinceMs >= patienceMs) ?? [];
    if (stuck !== undefined) this.#behind.delete(stuck);
    return stuck;
  }
}
