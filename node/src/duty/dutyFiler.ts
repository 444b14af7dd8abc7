import { DomainError } from "@comity/protocol";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import { ringDistance } from "../gossip/ringChoice.ts";
import type { NodeEvent } from "../telemetry/events.ts";
import { filingOf, turnOf } from "./duties.ts";
import { combineParts, type OpenDuty } from "./dutyTable.ts";
import type { DutySubmitter } from "./ports.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface DutyFilerOptions {
  readonly ownIndex: number;
  readonly memberCount: number;
  /** Each member after the first in the ring waits this much longer, so that they do not race. */
  readonly staggerMs: number;
}

export interface DutyFilerDeps {
  readonly submitter: DutySubmitter;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
}

/** Brings a signed duty to the ledger: any member does, in turns that change with the duty, until its own view of the ledger shows it. */
export class DutyFiler {
  readonly #options: DutyFilerOptions;
  readonly #deps: DutyFilerDeps;

  constructor(options: DutyFilerOptions, deps: DutyFilerDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /**
   * A refusal is one endorser's word, and an endorser may lie: only what the own view shows ends it.
   * @param isOver whether nobody needs it any more
   * @throws CombineError
   */
  async file(open: OpenDuty, isOver: () => boolean): Promise<void> {
    const { signal } = open.closing;
    await this.#deps.clock.sleep(this.#turn(open) * this.#options.staggerMs, signal);
    if (isOver()) return;
    const signature = combineParts(open);
    for (let attempt = 0; !isOver(); attempt++) {
      await this.#submit(open, signature);
      await this.#deps.clock.sleep(this.#pauseMs(attempt), signal);
    }
  }

  #turn({ duty }: OpenDuty): number {
    const { ownIndex, memberCount } = this.#options;
    return ringDistance((turnOf(duty) % memberCount) + 1, ownIndex, memberCount);
  }

  async #submit({ duty, epoch }: OpenDuty, signature: string): Promise<void> {
    const { kind, slot } = duty;
    const filing = filingOf(duty, { keyEpoch: epoch.keyEpoch, signature });
    try {
      await this.#deps.submitter.submitIdempotent(...filing);
      this.#deps.emit({ event: "duty-filed", kind, slot });
    } catch (error) {
      const code = error instanceof DomainError ? String(error.code) : "INTERNAL";
      this.#deps.log.warn("what the coalition signed is not filed", { kind, slot, code });
    }
  }

  #pauseMs(attempt: number): number {
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);
    return longest * (0.5 + this.#deps.random() / 2);
  }
}
