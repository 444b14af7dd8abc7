import { type BatchItem, decodeSegment, encodeBatch } from "@comity/protocol";
import type { FaultCode } from "./config.ts";
import { craftFault } from "./fault.ts";
import { chainAfter } from "./hostChain.ts";
import { type BatchAnswer, IntakeError, type ItemAnswer } from "./intakeClient.ts";
import { joinHosts } from "./joiner.ts";
import { noteNonceEpoch, type Site, taskOf } from "./site.ts";
import { Tally } from "./tally.ts";

const MAX_BATCH_ITEMS = 256;
const MAX_BATCH_BYTES = 1024 * 1024;
const POLL_MS = 50;
const ASK_EVERY_MS = 2000;
const FIRST_BACKOFF_MS = 250;
const MOST_BACKOFF_MS = 60_000;
/** What may come right by waiting: a node whose view of the ledger, or whose clock, is behind. */
const WORTH_WAITING = new Set(["HOST_NOT_ENROLLED", "TIME_FUTURE"]);
const MOST_WAITS = 8;

/** Sends what waits in the spool, oldest first, and takes out what the node has answered for good. */
export class Sender {
  readonly #site: Site;
  readonly #tally: Tally;
  #faults: readonly FaultCode[];
  #failures = 0;
  #waits = 0;
  #hasAsked = false;
  #askedAt = 0;

  constructor(site: Site) {
    this.#site = site;
    this.#faults = site.config.faults;
    this.#tally = new Tally(site);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wait = await this.#step(signal);
      this.#tally.report(signal.aborted);
      await this.#site.clock.sleep(wait, signal).catch(() => undefined);
    }
    this.#tally.report(true);
  }

  /** One exchange with the node; how long to wait before the next. */
  async #step(signal: AbortSignal): Promise<number> {
    try {
      await this.#join(signal);
      const items = await this.#site.spool.next(MAX_BATCH_ITEMS, MAX_BATCH_BYTES);
      const wait = items.length === 0 ? POLL_MS : await this.#exchange(items, signal);
      if (this.#failures > 0) this.#site.emit({ event: "reachable", waiting: this.#site.spool.waiting });
      this.#failures = 0;
      return wait;
    } catch (error) {
      if (!(error instanceof IntakeError)) throw error;
      return signal.aborted ? 0 : this.#failed(error);
    }
  }

  /**
   * Asks where hosts stand: all of them at first, later those whose segments were refused, once nothing of theirs waits here. If the node
   * is away at first, hosts that have a chain go on with it: what they make waits in the spool.
   */
  async #join(signal: AbortSignal): Promise<void> {
    const { unknown, spool, clock, fresh } = this.#site;
    const isDue = !this.#hasAsked || (spool.waiting === 0 && clock.now() >= this.#askedAt + ASK_EVERY_MS);
    if (unknown.size === 0 || !isDue) return;
    this.#askedAt = clock.now();
    try {
      await joinHosts(this.#site, signal);
    } finally {
      if (!this.#hasAsked) for (const hostId of spool.chains.keys()) unknown.delete(hostId);
      this.#hasAsked = true;
      fresh.nonceEpoch ??= spool.lastNonceEpoch;
    }
  }

  async #exchange(items: readonly BatchItem[], signal: AbortSignal): Promise<number> {
    const faults = this.#craftFaults(items);
    const bad = faults.map(({ item }) => item);
    const answer = await this.#site.client.send(encodeBatch([...items, ...bad]), signal);
    if (answer.items.length !== items.length + bad.length) {
      throw new IntakeError("INTAKE_ANSWER", "the node answered another number of segments than it got");
    }
    noteNonceEpoch(this.#site, answer.nonceEpoch);
    faults.forEach(({ code }, i) => {
      const reply = answer.items[items.length + i];
      this.#site.emit({
        event: "fault",
        code,
        answer: reply?.status === "refused" ? reply.code : reply?.status,
      });
    });
    if (faults.length > 0) this.#faults = [];
    return this.#settle(items, answer);
  }

  /** Takes out what is answered for good, up to the first that is worth another try. */
  async #settle(items: readonly BatchItem[], answer: BatchAnswer): Promise<number> {
    const waiting = answer.items.slice(0, items.length).findIndex(isWorthWaiting);
    const isPatient = waiting !== -1 && this.#waits < MOST_WAITS;
    const settled = isPatient ? waiting : items.length;
    items.slice(0, settled).forEach((item, i) => this.#note(item, answer.items[i]));
    this.#waits = isPatient && settled === 0 ? this.#waits + 1 : 0;
    await this.#site.spool.advance(settled);
    return isPatient ? this.#backoff(this.#waits) : 0;
  }

  #note({ segment }: BatchItem, answer: ItemAnswer | undefined): void {
    this.#tally.count(answer);
    if (answer?.status !== "refused" || answer.code === "SEGMENT_REPLAYED") return;
    // Whatever the reason, the node's chain of this host now ends before ours: go on from where the node says it stands.
    const { hostId, segmentNumber } = decodeSegment(segment);
    if (this.#site.unknown.has(hostId)) return;
    this.#site.unknown.add(hostId);
    const { code, detail } = answer;
    this.#site.emit({ event: "refused", code, detail, hostId, segmentNumber: segmentNumber.toString() });
  }

  #craftFaults(items: readonly BatchItem[]): { code: FaultCode; item: BatchItem }[] {
    const last = items.at(-1);
    if (last === undefined || this.#faults.length === 0) return [];
    const segment = decodeSegment(last.segment);
    const [host, key] = [this.#site.hosts.get(segment.hostId), this.#site.keys.get(segment.hostId)];
    if (host === undefined || key === undefined) return [];
    const task = taskOf(this.#site, host, segment.nonceEpoch);
    const context = { last, chain: chainAfter(undefined, segment), key, task };
    return this.#faults.map((code) => ({ code, item: craftFault(code, context) }));
  }

  #failed(error: IntakeError): number {
    this.#failures++;
    if (this.#failures === 1) {
      this.#site.emit({
        event: "unreachable",
        code: error.code,
        detail: error.message,
        waiting: this.#site.spool.waiting,
      });
    }
    return Math.max(error.retryAfterMs ?? 0, this.#backoff(this.#failures));
  }

  /** Doubles each time up to a limit, half of it by chance. */
  #backoff(times: number): number {
    const limit = Math.min(MOST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(times, 16));
    return limit * (0.5 + 0.5 * this.#site.random());
  }
}

function isWorthWaiting(answer: ItemAnswer): boolean {
  return answer.status === "refused" && WORTH_WAITING.has(answer.code);
}
