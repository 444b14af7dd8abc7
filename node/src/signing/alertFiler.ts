import {
  alertIdOf,
  type AlertRequest,
  type AlertStatement,
  canonicalString,
  DomainError,
} from "@comity/protocol";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { AlertSubmitter, NodeEvent, SigningLedger } from "./ports.ts";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 15_000;
/** Some ten minutes: after that the detector proposes anew. */
const MOST_ATTEMPTS = 45;

export interface AlertFilerOptions {
  /** Each member after the proposer in the ring waits this much longer, so that they do not race. */
  readonly staggerMs: number;
  /** An alert is replaced only by one with this share of its bound. */
  readonly replacementBasisPoints: bigint;
}

export interface AlertFilerDeps {
  readonly ledger: SigningLedger;
  readonly submitter: AlertSubmitter;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
}

/** Brings a signed alert to the ledger: any member does, in turn, until the own view of the ledger shows it. */
export class AlertFiler {
  readonly #options: AlertFilerOptions;
  readonly #deps: AlertFilerDeps;

  constructor(options: AlertFilerOptions, deps: AlertFilerDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /**
   * A refusal is one endorser's word, and an endorser may lie: only the own view of the ledger ends it.
   * @returns whether the ledger shows the alert, or another that leaves no room for it
   */
  async file(request: AlertRequest, turn: number, signal: AbortSignal): Promise<boolean> {
    const alertId = alertIdOf(request.statement);
    await this.#deps.clock.sleep(turn * this.#options.staggerMs, signal);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      signal.throwIfAborted();
      if (this.#isSettled(request.statement, alertId)) return true;
      await this.#submit(request, alertId);
      if (this.#isSettled(request.statement, alertId)) return true;
      await this.#deps.clock.sleep(this.#backoffMs(attempt), signal);
    }
    return false;
  }

  /** The alert is on the ledger, or another of its slot that leaves no room for it. */
  #isSettled({ subject, window, flopAtLeast }: AlertStatement, alertId: string): boolean {
    const bound = BigInt(flopAtLeast) * 10_000n;
    return this.#deps.ledger.alerts().some((alert) => {
      const filed = alert.statement;
      const isOfSlot = filed.subject.siteId === subject.siteId && filed.window.startMs === window.startMs;
      const leavesNoRoom = bound < BigInt(filed.flopAtLeast) * this.#options.replacementBasisPoints;
      return alert.alertId === alertId || (isOfSlot && leavesNoRoom);
    });
  }

  async #submit(request: AlertRequest, alertId: string): Promise<void> {
    try {
      await this.#deps.submitter.submit("alert:File", canonicalString(request));
      this.#deps.emit({ event: "alert-filed", alertId });
    } catch (error) {
      const code = error instanceof DomainError ? String(error.code) : "INTERNAL";
      this.#deps.log.warn("alert not filed", { alertId, code });
      if (code.startsWith("ALERT_")) this.#deps.emit({ event: "alert-not-accepted", alertId, code });
    }
  }

  #backoffMs(attempt: number): number {
    const longest = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 10), LONGEST_BACKOFF_MS);
    return longest * (0.5 + this.#deps.random() / 2);
  }
}
