import { broken, type Broken } from "./verdict.ts";
import type { Job, VerifierAnswer, VerifierRequest, Verdicts } from "./verifier.ts";

type Answer<K extends Job["kind"]> = Verdicts[K] | Broken<"CHECK_FAILED">;

/** The page's side of the verifier. A verifier that dies gives a verdict too: nothing was shown. */
export class VerifierClient {
  readonly #scriptUrl: string;
  readonly #waiting = new Map<number, (verdict: VerifierAnswer["verdict"]) => void>();
  #worker: Worker | undefined;
  #asked = 0;

  constructor(scriptUrl: string) {
    this.#scriptUrl = scriptUrl;
  }

  verify<K extends Job["kind"]>(job: Job & { readonly kind: K }): Promise<Answer<K>> {
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#asked;
    return new Promise((resolve) => {
      // The verifier answers each kind of job with its own kind of verdict.
      this.#waiting.set(number, (verdict) => resolve(verdict as Answer<K>));
      const request: VerifierRequest = { number, job };
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
