const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** The members after us in the ring of indices, less those that lately did not answer. */
export class RingChoice {
  readonly members: readonly number[];
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #suspended = new Map<number, { untilMs: number; failures: number }>();

  constructor(
    options: { readonly ownIndex: number; readonly memberCount: number },
    deps: { readonly clock: { now(): number }; readonly random: () => number },
  ) {
    this.members = ringAfter(options.ownIndex, options.memberCount);
    this.#now = () => deps.clock.now();
    this.#random = deps.random;
  }

  /** The first `count` members that are not suspended. */
  chosen(count: number): number[] {
    const now = this.#now();
    return this.members
      .filter((member) => (this.#suspended.get(member)?.untilMs ?? 0) <= now)
      .slice(0, count);
  }

  /** @returns for how long, in ms */
  suspend(member: number): number {
    const failures = (this.#suspended.get(member)?.failures ?? 0) + 1;
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
    const pauseMs = Math.ceil(longest * (0.5 + this.#random() / 2));
    this.#suspended.set(member, { untilMs: this.#now() + pauseMs, failures });
    return pauseMs;
  }

  restore(member: number): void {
    this.#suspended.delete(member);
  }
}

/** All other indices up to `memberCount`, beginning with the next one; ours may be a later one, of a member that joined since. */
export function ringAfter(ownIndex: number, memberCount: number): number[] {
  const ring = Array.from({ length: memberCount }, (_, step) => ((ownIndex + step) % memberCount) + 1);
  return ring.filter((index) => index !== ownIndex);
}

/** How many steps after `first` a member comes: 0 for itself. */
export function ringDistance(first: number, index: number, memberCount: number): number {
  return (index - first + memberCount) % memberCount;
}
