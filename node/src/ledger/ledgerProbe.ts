import type { Clock } from "../clock.ts";
import type { LedgerQueries } from "./ports.ts";

const FRESH_MS = 2000;
/** A ledger that takes longer is as good as away. */
const PATIENCE_MS = 1500;

export interface LedgerProbeDeps {
  readonly ledger: LedgerQueries;
  readonly clock: Pick<Clock, "now" | "sleep">;
}

/** Whether the ledger answers: asked at most every two seconds, however often somebody wants to know. */
export class LedgerProbe {
  readonly #deps: LedgerProbeDeps;
  #last: { readonly askedMs: number; readonly answer: Promise<boolean> } | undefined;

  constructor(deps: LedgerProbeDeps) {
    this.#deps = deps;
  }

  isReachable(): Promise<boolean> {
    const nowMs = this.#deps.clock.now();
    if (this.#last && nowMs - this.#last.askedMs < FRESH_MS) return this.#last.answer;
    const answer = this.#ask();
    this.#last = { askedMs: nowMs, answer };
    return answer;
  }

  async #ask(): Promise<boolean> {
    const { ledger, clock } = this.#deps;
    const waiting = new AbortController();
    const answered = ledger.evaluate("coalition:ReadGenesis").then(() => true);
    const tooLate = clock.sleep(PATIENCE_MS, waiting.signal).then(() => false);
    const result = Promise.race([answered, tooLate]).catch(() => false);
    return result.finally(() => waiting.abort());
  }
}
