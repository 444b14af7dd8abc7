import { verifyEntryShown, verifyList } from "./registry/verification.ts";
import type { EntryJob, EntryVerdict, ListJob, ListVerdict } from "./registry/verdict.ts";
import type { ListedAlert, Verdict } from "./verdict.ts";
import { verifyListed } from "./verification.ts";

/** Runs beside the page, so that a large bundle does not freeze it. */
export interface AlertJob {
  readonly kind: "alert";
  readonly listed: ListedAlert;
  readonly bytes: Uint8Array;
  readonly genesis: string;
}

export type Job = AlertJob | ListJob | EntryJob;

/** What each kind of job gives. */
export interface Verdicts {
  readonly alert: Verdict;
  readonly list: ListVerdict;
  readonly entry: EntryVerdict;
}

export interface VerifierRequest {
  readonly number: number;
  readonly job: Job;
}

export interface VerifierAnswer {
  readonly number: number;
  readonly verdict: Verdicts[keyof Verdicts];
}

self.addEventListener("message", ({ data }: MessageEvent<VerifierRequest>) => {
  const answer: VerifierAnswer = { number: data.number, verdict: verdictOf(data.job) };
  self.postMessage(answer);
});

function verdictOf(job: Job): Verdicts[keyof Verdicts] {
  switch (job.kind) {
    case "alert":
      return verifyListed(job.listed, job.bytes, job.genesis);
    case "list":
      return verifyList(job);
    case "entry":
      return verifyEntryShown(job);
  }
}
