/** Runs checks a few at a time, in the order asked. One asked for again while it waits runs once; while it runs, once more. */
export class CheckQueue<T> {
  readonly #lanes: number;
  readonly #check: (item: T) => Promise<void>;
  readonly #waiting = new Set<T>();
  readonly #running = new Set<T>();

  constructor(lanes: number, check: (item: T) => Promise<void>) {
    this.#lanes = lanes;
    this.#check = check;
  }

  add(item: T): void {
    this.#waiting.add(item);
    this.#next();
  }

  #next(): void {
    for (const item of this.#waiting) {
      if (this.#running.size >= this.#lanes) return;
      if (!this.#running.has(item)) void this.#run(item);
    }
  }

  async #run(item: T): Promise<void> {
    this.#waiting.delete(item);
    this.#running.add(item);
    try {
      await this.#check(item);
    } finally {
      this.#running.delete(item);
      this.#next();
    }
  }
}
