import { broken, type ListedAlert, type Verdict } from "./verdict.ts";
import type { VerifierAnswer, VerifierRequest } from "./verifier.ts";

/** The page's side of the verifier. A verifier that dies gives a verdict too: nothing was shown. */
export class VerifierClient {
  readonly #scriptUrl: string;
  readonly #waiting = new Map<number, (verdict: Verdict) => void>();
  #worker: Worker | undefined;
  #asked = 0;

  constructor(scriptUrl: string) {
    this.#scriptUrl = scriptUrl;
  }

  verify(listed: ListedAlert, bytes: Uint8Array, genesis: string): Promise<Verdict> {
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      const request: VerifierRequest = { number, listed, bytes, genesis };
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#scriptUrl, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<VerifierAnswer>) => {
      this.#waiting.get(data.number)?.(data.verdict);
      this.#waiting.delete(data.number);
    });
    worker.addEventListener("error", () => {
      this.#worker = undefined;
      worker.terminate();
      for (const resolve of this.#waiting.values()) resolve(broken("CHECK_FAILED", "The verifier stopped."));
      this.#waiting.clear();
    });
    return worker;
  }
}
