import type { ProcessEvent } from "../coalition/child.ts";
import type { EventListener } from "../coalition/coalition.ts";

/** What the attesters report: segments taken in, and the answers to those that were bad on purpose. */
export class AttesterTally {
  accepted = 0;
  readonly #answers = new Map<string, string>();

  readonly listener: EventListener = (process, event) => {
    if (!process.startsWith("attester-")) return;
    if (event.event === "sent") this.accepted += numberOf(event, "accepted");
    if (event.event === "fault") this.#answers.set(String(event["code"]), String(event["answer"]));
  };

  /** Codes for which the answer was that very code. */
  refused(): string[] {
    return [...this.#answers].filter(([code, answer]) => code === answer).map(([code]) => code);
  }

  /** `CODE answered OTHER` for each bad segment that was not refused as it should have been. */
  mistakes(): string[] {
    const wrong = [...this.#answers].filter(([code, answer]) => code !== answer);
    return wrong.map(([code, answer]) => `${code} answered ${answer}`);
  }

  hasAnswers(codes: readonly string[]): boolean {
    return codes.every((code) => this.#answers.has(code));
  }
}

function numberOf(event: ProcessEvent, key: string): number {
  const value = event[key];
  return typeof value === "number" ? value : 0;
}
