import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { Startable } from "../lifecycle.ts";
import type { SigningLedger } from "./ports.ts";
import { isOnLedger, type SessionInbox } from "./sessionInbox.ts";
import type { LiveSession, SessionTable } from "./sessionTable.ts";
import type { SessionWork } from "./sessionWork.ts";
import type { Speaker } from "./speaker.ts";

export interface SigningRoundsOptions {
  readonly regossipMs: number;
}

export interface SigningRoundsDeps {
  readonly table: SessionTable;
  readonly inbox: SessionInbox;
  readonly work: SessionWork;
  readonly speaker: Speaker;
  readonly ledger: SigningLedger;
  readonly clock: RealClock;
  readonly log: PartLog;
  readonly signal: AbortSignal;
}

/** Every so many rounds of gossip a node compares notes with another one. */
const ROUNDS_PER_COMPARISON = 5;

/** Goes over the open sessions again and again: nothing that was lost on the way stays lost. */
export class SigningRounds implements Startable {
  readonly #options: SigningRoundsOptions;
  readonly #deps: SigningRoundsDeps;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: SigningRoundsOptions, deps: SigningRoundsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#loop = this.#run();
    return Promise.resolve();
  }

  /** Resolves once the last round has ended, which the signal ends. */
  async stop(): Promise<void> {
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, log, signal } = this.#deps;
    for (let round = 0; !signal.aborted; round++) {
      await this.#round(round).catch((error: unknown) => {
        log.warn("a round of gossip failed", { error: String(error) });
      });
      await clock.sleep(this.#options.regossipMs, signal).catch(() => undefined);
    }
  }

  async #round(round: number): Promise<void> {
    const { table, inbox, ledger } = this.#deps;
    table.restore(ledger.epochs());
    for (const live of table.unsettled()) await this.#tend(live);
    for (const digest of table.sweep()) inbox.forget(digest);
    if (round % ROUNDS_PER_COMPARISON === 0 && table.unsettled().length > 0) void inbox.compareWithSomebody();
  }

  /** One session's share of a round: close it if it is over, else go on with what is missing and say again what we said. */
  async #tend(live: LiveSession): Promise<void> {
    const { table, work, speaker, ledger } = this.#deps;
    if (isOnLedger(ledger, live.session.proposal.statement)) return table.settle(live);
    await table.apply(live, { type: "tick" });
    if (live.isSettled) return;
    work.pursue(live);
    await speaker.repeat(live);
  }
}
