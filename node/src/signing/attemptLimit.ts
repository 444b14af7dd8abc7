/**
 * How many bad messages about a statement a member may send before its messages are no longer looked at: each costs a signature check or
 * two, and nobody may make us spend more than a bounded number of them.
 */
export class AttemptLimit {
  readonly #most: number;
  readonly #failures = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  isExhausted(digest: string, memberIndex: number): boolean {
    return (this.#failures.get(`${digest} ${memberIndex}`) ?? 0) >= this.#most;
  }

  charge(digest: string, memberIndex: number): void {
    const key = `${digest} ${memberIndex}`;
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
  }

  forget(digest: string): void {
    for (const key of this.#failures.keys()) if (key.startsWith(`${digest} `)) this.#failures.delete(key);
  }
}
