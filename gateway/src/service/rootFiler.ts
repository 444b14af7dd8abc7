import {
  canonicalString,
  DomainError,
  type Genesis,
  type MemberId,
  TIP_LEAVES,
  tipHourEndMs,
  tipHourMs,
  tipHourOf,
  tipHourView,
} from "@comity/protocol";
import { hourRoot } from "@comity/tip";
import { GatewayError } from "./gatewayError.ts";
import { decodeAnswer, type LedgerReader, type LedgerWriter } from "./ledgerReader.ts";
import type { TipDesk } from "./tipDesk.ts";
import type { TipNode } from "./tipNode.ts";

export interface RootFilerOptions {
  readonly genesis: Genesis;
  readonly memberId: MemberId;
  /** While the node has not ended an hour yet; longer after failures. */
  readonly pauseMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface RootFilerDeps {
  readonly ledger: LedgerReader & LedgerWriter;
  readonly desk: Pick<TipDesk, "registration">;
  readonly node: Pick<TipNode, "hour">;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly log: { warn(fields: object, message: string): void };
}

/** A bucket is closed no sooner than this after its end. */
const CLOSING_LAG_MS = 120_000;
/** In doublings. */
const LONGEST_PAUSE = 5;

/**
 * Files the root of every hour on the ledger when it is over, tips or none, as long as the ledger takes it. Where it stands it reads from the
 * ledger, so it may be stopped at any time.
 */
export class RootFiler {
  readonly #options: RootFilerOptions;
  readonly #deps: RootFilerDeps;
  readonly #stopping = new AbortController();
  /** All hours up to this one are filed, or too late. */
  #doneThrough: number;
  #failures = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RootFilerOptions, deps: RootFilerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#doneThrough = tipHourOf(options.genesis, options.genesis.clock.originMs) - 1;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#deps;
    let isRegistered = false;
    while (!this.#stopping.signal.aborted) {
      const endMs = tipHourEndMs(this.#options.genesis, this.#hourNow());
      const isDone = await this.#attempt(async () => {
        isRegistered ||= await this.#register();
        await this.#fileAll();
      });
      const waitMs = isDone ? Math.max(0, endMs - clock.now()) : this.#pauseMs();
      await clock.sleep(waitMs, this.#stopping.signal).catch(() => undefined);
    }
  }

  /** False where it must be tried again. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#failures = 0;
      return true;
    } catch (error) {
      const isEarly = error instanceof GatewayError && error.code === "TIP_HOUR_RUNNING";
      if (isEarly) return false;
      if (this.#failures === 0)
        this.#deps.log.warn({ code: codeOf(error) }, "roots of tip hours wait to be filed");
      this.#failures += 1;
      return false;
    }
  }

  /** Longer with each failure, and never the same for two gateways. */
  #pauseMs(): number {
    const { pauseMs, random } = this.#options;
    return pauseMs * 2 ** Math.min(this.#failures, LONGEST_PAUSE) * (0.5 + random() / 2);
  }

  async #register(): Promise<true> {
    const { ledger, desk } = this.#deps;
    await ledger.submitIdempotent("bounty:RegisterGateway", canonicalString(desk.registration));
    return true;
  }

  async #fileAll(): Promise<void> {
    const { genesis } = this.#options;
    const nowMs = this.#deps.clock.now();
    const oldest = nowMs - CLOSING_LAG_MS - genesis.clock.bucketMs - 2 * tipHourMs(genesis);
    this.#doneThrough = Math.max(this.#doneThrough, tipHourOf(genesis, oldest) - 1);
    for (let hour = this.#doneThrough + 1; hour < this.#hourNow(); hour++) {
      if (this.#stopping.signal.aborted) return;
      await this.#file(hour);
      this.#doneThrough = hour;
    }
  }

  async #file(tipHour: number): Promise<void> {
    const { ledger, node } = this.#deps;
    const answer = await ledger.evaluate("bounty:ReadHour", this.#options.memberId, String(tipHour));
    const { root, closed } = decodeAnswer(answer, tipHourView);
    if (root !== null || closed) return;
    const { leaves } = await node.hour(tipHour);
    const request = { tipHour, root: hourRoot(leaves), leafCount: TIP_LEAVES };
    await ledger.submitIdempotent("bounty:FileRoot", canonicalString(request));
  }

  #hourNow(): number {
    return tipHourOf(this.#options.genesis, this.#deps.clock.now());
  }
}

function codeOf(error: unknown): string {
  return error instanceof DomainError ? String(error.code) : "INTERNAL";
}
