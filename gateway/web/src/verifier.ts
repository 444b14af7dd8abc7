import type { ListedAlert, Verdict } from "./verdict.ts";
import { verifyListed } from "./verification.ts";

/** Runs beside the page, so that a large bundle does not freeze it. */
export interface VerifierRequest {
  readonly number: number;
  readonly listed: ListedAlert;
  readonly bytes: Uint8Array;
  readonly genesis: string;
}

export interface VerifierAnswer {
  readonly number: number;
  readonly verdict: Verdict;
}

self.addEventListener("message", ({ data }: MessageEvent<VerifierRequest>) => {
  const verdict = verifyListed(data.listed, data.bytes, data.genesis);
  const answer: VerifierAnswer = { number: data.number, verdict };
  self.postMessage(answer);
});
