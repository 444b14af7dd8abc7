import { Backoff } from "@comity/ledger";
import { DomainError } from "@comity/protocol";
import { ringAfter } from "../gossip/ringChoice.ts";
import type { GossipNetwork } from "../gossip/network.ts";
import type { RealClock } from "../clock.ts";
import type { Startable } from "../lifecycle.ts";
import type { Certificates } from "./certificates.ts";
import type { HourlyLog } from "./hourlyLog.ts";
import type { FiledTip } from "./tipFiles.ts";
import type { TipStore } from "./tipStore.ts";
import { sendTip } from "./tipStreams.ts";

export interface TipReplicatorOptions {
  readonly ownIndex: number;
  readonly memberCount: number;
  /** Members that shall hold each tip, ourselves among them: n − f. */
  readonly copies: number;
  readonly answerTimeoutMs: number;
  /** Tips on their way at once; the others wait on our disk. */
  readonly tipsAtOnce: number;
}

export interface TipReplicatorDeps {
  readonly store: TipStore;
  readonly certificates: Certificates;
  readonly network: Pick<GossipNetwork, "request" | "onPeer" | "peers">;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: Pick<HourlyLog, "note">;
  /** Told of a disk that does not keep what it should. */
  readonly fatal: (error: Error) => void;
}

const pauses = { firstMs: 500, longestMs: 30_000 };

/** Has other members store what our gateway took. It goes on until enough have signed for a tip, across restarts: the store says what is left. */
export class TipReplicator implements Startable {
  readonly #options: TipReplicatorOptions;
  readonly #deps: TipReplicatorDeps;
  readonly #waiting = new Map<string, FiledTip>();
  readonly #stopping = new AbortController();
  readonly #backoff: Backoff;
  readonly #sending = new Set<Promise<void>>();
  #isPausing = false;

  constructor(options: TipReplicatorOptions, deps: TipReplicatorDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#backoff = new Backoff(pauses, deps);
  }

  start(): Promise<void> {
    this.#deps.network.onPeer(() => this.#pump());
    for (const tip of this.#deps.store.own()) this.replicate(tip);
    return Promise.resolve();
  }

  /** Resolves once nothing is being written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#sending);
  }

  replicate(tip: FiledTip): void {
    this.#deps.certificates.addOwn(tip);
    if (this.#missing(tip) > 0) this.#waiting.set(tip.cellHash, tip);
    this.#pump();
  }

  #missing({ cellHash }: FiledTip): number {
    return this.#options.copies - this.#deps.certificates.holders(cellHash).length;
  }

  #pump(): void {
    for (const [cellHash, tip] of this.#waiting) {
      if (this.#sending.size >= this.#options.tipsAtOnce || this.#stopping.signal.aborted) return;
      this.#waiting.delete(cellHash);
      const sending = this.#send(tip)
        .catch((error: unknown) => this.#deps.fatal(new Error("a tip could not be kept", { cause: error })))
        .finally(() => {
          this.#sending.delete(sending);
          this.#pumpOrPause(tip);
        });
      this.#sending.add(sending);
    }
  }

  #pumpOrPause(tip: FiledTip): void {
    if (this.#missing(tip) <= 0) {
      this.#backoff.reset();
      this.#pump();
      return;
    }
    this.#waiting.set(tip.cellHash, tip);
    if (this.#isPausing) return;
    this.#isPausing = true;
    this.#deps.clock.sleep(this.#backoff.next(), this.#stopping.signal).then(
      () => {
        this.#isPausing = false;
        this.#pump();
      },
      () => undefined,
    );
  }

  /** To as many members as are missing; where one fails, another takes its place. */
  async #send(tip: FiledTip): Promise<void> {
    const { store, certificates } = this.#deps;
    const cell = await store.cell(tip.cellHash);
    if (cell === undefined) return;
    const holders = certificates.holders(tip.cellHash);
    const candidates = this.#reachable().filter((member) => !holders.includes(member));
    const lanes = Array.from({ length: this.#missing(tip) }, async () => {
      for (let next = candidates.shift(); next !== undefined; next = candidates.shift()) {
        if (await this.#sendTo(next, tip, cell)) return;
      }
    });
    await Promise.all(lanes);
    if (tip.tipHour <= store.closedThrough) await certificates.save(tip.tipHour);
  }

  #reachable(): number[] {
    const { ownIndex, memberCount } = this.#options;
    const connected = new Set(
      this.#deps.network.peers().flatMap((peer) => (peer.connected ? [peer.memberIndex] : [])),
    );
    return ringAfter(ownIndex, memberCount).filter((member) => connected.has(member));
  }

  async #sendTo(member: number, { cellHash, tipHour }: FiledTip, cell: Uint8Array): Promise<boolean> {
    const { network, certificates, log } = this.#deps;
    const timeout = AbortSignal.timeout(this.#options.answerTimeoutMs);
    try {
      const signal = AbortSignal.any([timeout, this.#stopping.signal]);
      const signature = await sendTip(network, member, { tipHour, cell }, signal);
      if (certificates.add({ cellHash, tipHour }, member, signature)) return true;
      log.note("a member signs something else than that it stores a tip", { memberIndex: member });
    } catch (error) {
      const fields = { memberIndex: member, code: codeOf(error) };
      if (!this.#stopping.signal.aborted) log.note("a member stores no tips", fields);
    }
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof DomainError ? String(error.code) : "INTERNAL";
}
