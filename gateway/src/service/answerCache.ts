import { GatewayError } from "./gatewayError.ts";

export interface AnswerCacheOptions {
  /** How old an answer may be. Pages poll; whoever is behind us is asked once in this time, however many look. */
  readonly ttlMs: number;
  readonly maxEntries: number;
  /** Questions on their way at once; more are refused. */
  readonly maxInFlight: number;
}

export interface AnswerCacheDeps {
  readonly now: () => number;
}

interface Entry<T> {
  readonly askedMs: number;
  readonly answer: Promise<T>;
}

/** Asks each question once in `ttlMs`, and once for all who ask it together. Failures are not kept. */
export class AnswerCache<T> {
  readonly #options: AnswerCacheOptions;
  readonly #deps: AnswerCacheDeps;
  /** Oldest first, since a renewed entry is put back at the end. */
  readonly #entries = new Map<string, Entry<T>>();
  #inFlight = 0;

  constructor(options: AnswerCacheOptions, deps: AnswerCacheDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** @throws GatewayError GATEWAY_BUSY, and whatever `ask` throws */
  get(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(question);
    const now = this.#deps.now();
    if (known && now - known.askedMs < this.#options.ttlMs) return known.answer;
    const answer = this.#ask(ask);
    this.#keep(question, { askedMs: now, answer });
    answer.catch(() => {
      if (this.#entries.get(question)?.answer === answer) this.#entries.delete(question);
    });
    return answer;
  }

  async #ask(ask: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= this.#options.maxInFlight) {
      throw new GatewayError(
        "GATEWAY_BUSY",
        "The gateway is answering as much as it can. Ask again in a second.",
      );
    }
    this.#inFlight++;
    try {
      return await ask();
    } finally {
      this.#inFlight--;
    }
  }

  #keep(question: string, entry: Entry<T>): void {
    this.#entries.delete(question);
    this.#entries.set(question, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#options.maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }
}
