import type { Health } from "./health.ts";

/** Fewer are on their way. */
const fewBlocks = 3;
/** Looks in a row, a minute at one every 5 s: whichever came back in trials without being locked up moved within half of that. */
const firstPatience = 12;

interface Behind {
  readonly height: number | undefined;
  /** What others had when it was there first. */
  readonly greatest: number;
  readonly looks: number;
  readonly patience: number;
}

/**
 * Finds orderers that answer and stand still while others go on. Fabric's BFT synchronizer (as of 3.1.5) can lock itself up at its end: the deliverer
 * holds its mutex and stops the censorship monitor, which holds its own and asks the deliverer for its progress. Nothing but a new start helps then,
 * and until somebody sees it the network bears one fault less.
 */
export class Standstill {
  readonly #behind = new Map<string, Behind>();

  /** To be asked at a steady pace. @returns the orderer to start anew; one at a time, since only a few may be away at once */
  look(all: readonly Health[]): string | undefined {
    const orderers = all.filter(({ name }) => name.startsWith("orderer-"));
    const greatest = Math.max(...orderers.map(({ height = 0 }) => height));
    for (const { name, height } of orderers) this.#note(name, height, greatest);
    const stuck = orderers.find(({ name }) => this.#isStuck(name, greatest))?.name;
    if (stuck !== undefined) this.#doubt(stuck, greatest);
    return stuck;
  }

  #note(name: string, height: number | undefined, greatest: number): void {
    const known = this.#behind.get(name);
    const patience = known?.patience ?? firstPatience;
    if (height === undefined) {
      if (known !== undefined) this.#behind.set(name, { ...known, looks: 0 });
    } else if (height + fewBlocks >= greatest) this.#behind.delete(name);
    else if (known?.height === height) this.#behind.set(name, { ...known, looks: known.looks + 1 });
    else this.#behind.set(name, { height, greatest, looks: 0, patience });
  }

  #isStuck(name: string, greatest: number): boolean {
    const known = this.#behind.get(name);
    return known !== undefined && known.looks >= known.patience && greatest > known.greatest;
  }

  /** A new start does not help everything: the next one waits twice as long, until the orderer is level. */
  #doubt(name: string, greatest: number): void {
    const known = this.#behind.get(name);
    if (known !== undefined)
      this.#behind.set(name, { ...known, greatest, looks: 0, patience: known.patience * 2 });
  }
}
