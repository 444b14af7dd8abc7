import type { ItemAnswer } from "./intakeClient.ts";
import type { Site } from "./site.ts";

const REPORT_EVERY_MS = 1000;

/** Counts answers and reports them at most once a second. */
export class Tally {
  readonly #site: Site;
  #reportedAt = 0;
  #accepted = 0;
  #replayed = 0;
  #refused: Record<string, number> = {};

  constructor(site: Site) {
    this.#site = site;
  }

  count(answer: ItemAnswer | undefined): void {
    if (answer?.status === "accepted") this.#accepted++;
    else if (answer?.code === "SEGMENT_REPLAYED") this.#replayed++;
    else if (answer) this.#refused[answer.code] = (this.#refused[answer.code] ?? 0) + 1;
  }

  report(isLast: boolean): void {
    const { clock, emit, spool } = this.#site;
    const refused = this.#refused;
    const segments =
      this.#accepted + this.#replayed + Object.values(refused).reduce((sum, count) => sum + count, 0);
    const now = clock.now();
    if (segments === 0 || (!isLast && now < this.#reportedAt + REPORT_EVERY_MS)) return;
    const [accepted, replayed] = [this.#accepted, this.#replayed];
    emit({ event: "sent", segments, accepted, replayed, refused, waiting: spool.waiting });
    this.#reportedAt = now;
    this.#accepted = this.#replayed = 0;
    this.#refused = {};
  }
}
