/** Pauses between attempts at what does not work yet: longer each time, up to a limit, and never the same for two nodes. */
export class Backoff {
  readonly #options: { readonly firstMs: number; readonly longestMs: number };
  readonly #random: () => number;
  #failures = 0;

  constructor(
    options: { readonly firstMs: number; readonly longestMs: number },
    deps: { readonly random: () => number },
  ) {
    this.#options = options;
    this.#random = deps.random;
  }

  /** How long to wait after one more failure, in ms. */
  next(): number {
    const { firstMs, longestMs } = this.#options;
    const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    return fullMs * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
