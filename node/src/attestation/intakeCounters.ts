import { intakeErrorCodes } from "./intakeError.ts";
import { type RefusalCode, refusalCodes } from "./refusal.ts";

/** What became of a segment, or of a whole request: a closed set, so that each may label a metric. */
export const intakeOutcomes = ["accepted", ...refusalCodes] as const;
export const requestOutcomes = ["ANSWERED", ...intakeErrorCodes] as const;
export type IntakeOutcome = "accepted" | RefusalCode;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** Counts since the process started. */
export class IntakeCounters {
  readonly #segments = new Map<IntakeOutcome, number>(intakeOutcomes.map((outcome) => [outcome, 0]));
  readonly #requests = new Map<RequestOutcome, number>(requestOutcomes.map((outcome) => [outcome, 0]));
  #records = 0;

  accepted(recordCount: number): void {
    this.#segments.set("accepted", (this.#segments.get("accepted") ?? 0) + 1);
    this.#records += recordCount;
  }

  refused(code: RefusalCode): void {
    this.#segments.set(code, (this.#segments.get(code) ?? 0) + 1);
  }

  request(outcome: RequestOutcome): void {
    this.#requests.set(outcome, (this.#requests.get(outcome) ?? 0) + 1);
  }

  snapshot(): {
    segments: ReadonlyMap<IntakeOutcome, number>;
    requests: ReadonlyMap<RequestOutcome, number>;
    records: number;
  } {
    return { segments: new Map(this.#segments), requests: new Map(this.#requests), records: this.#records };
  }
}
