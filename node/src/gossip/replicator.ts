import { decodeEntry, DomainError, readCheckpoint, toHex } from "@comity/protocol";
import {
  decodeMirrorAnswer,
  encodeMirrorRequest,
  MAX_MIRROR_ITEMS,
  type MirrorItem,
} from "./mirrorMessage.ts";
import type { GossipNetwork } from "./network.ts";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { Startable } from "../lifecycle.ts";
import { RingChoice } from "./ringChoice.ts";

export class ReplicatorError extends DomainError<"REPLICATOR_STOPPED" | "REPLICATOR_STUCK"> {}

const MAX_BATCH_BYTES = 1024 * 1024;

export interface ReplicatorOptions {
  readonly ownIndex: number;
  readonly memberCount: number;
  /** On how many other nodes an entry must be before it counts as safe: f + 1. */
  readonly copies: number;
  /** After this long without an answer a substitute takes a mirror's place. */
  readonly answerTimeoutMs: number;
}

interface OwnHead {
  readonly origin: string;
  readonly own: boolean;
  readonly size: number;
  readonly checkpoint: string | undefined;
}

/** The part of the evidence logs that pushing needs. */
export interface ReplicatedLogs {
  list(): readonly OwnHead[];
  head(origin: string): OwnHead | undefined;
  entries(origin: string, from: number, to: number): Promise<Uint8Array[]>;
  records(recordRoot: string): Promise<Uint8Array | undefined>;
  consistency(origin: string, fromSize: number, size: number): Promise<Uint8Array[]>;
  onAppend(listener: (origin: string) => void): void;
}

export interface ReplicatorDeps {
  readonly logs: ReplicatedLogs;
  readonly network: Pick<GossipNetwork, "request" | "onPeer">;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
}

interface Waiter {
  readonly origin: string;
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Pushes our own logs to mirrors. One push at a time goes to a mirror for a log; what is appended meanwhile goes with the next,
 * so that round trips do not grow with the rate.
 */
export class MirrorReplicator implements Startable {
  readonly #deps: ReplicatorDeps;
  readonly #options: ReplicatorOptions;
  readonly #ring: RingChoice;
  /** Sizes that mirrors have answered, by `member origin`: held there on disk. */
  readonly #held = new Map<string, number>();
  readonly #pushing = new Set<string>();
  #waiters: Waiter[] = [];
  readonly #stopping = new AbortController();

  constructor(options: ReplicatorOptions, deps: ReplicatorDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#ring = new RingChoice(options, deps);
  }

  start(): Promise<void> {
    this.#deps.logs.onAppend((origin) => this.#pump(origin));
    this.#deps.network.onPeer((member) => {
      this.#ring.restore(member);
      this.#pumpAll();
    });
    this.#pumpAll();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters)
      reject(new ReplicatorError("REPLICATOR_STOPPED", "the node is stopping"));
    return Promise.resolve();
  }

  /** How many callers of `replicate` wait. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /** Resolves once enough other nodes hold everything up to the log's current size. @throws ReplicatorError, or the signal's reason */
  async replicate(origin: string, signal: AbortSignal): Promise<void> {
    const size = this.#deps.logs.head(origin)?.size ?? 0;
    if (this.#stopping.signal.aborted)
      throw new ReplicatorError("REPLICATOR_STOPPED", "the node is stopping");
    if (this.#isSafe(origin, size)) return;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const waiter = { origin, size, resolve: () => resolve(undefined), reject };
    const leave = () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      reject(signal.reason);
    };
    this.#waiters.push(waiter);
    signal.addEventListener("abort", leave, { once: true });
    this.#pump(origin);
    await promise.finally(() => signal.removeEventListener("abort", leave));
  }

  #isSafe(origin: string, size: number): boolean {
    const holders = this.#ring.members.filter(
      (member) => (this.#held.get(`${member} ${origin}`) ?? 0) >= size,
    );
    return size === 0 || holders.length >= this.#options.copies;
  }

  #pumpAll(): void {
    for (const { origin } of this.#deps.logs.list()) this.#pump(origin);
  }

  #pump(origin: string): void {
    if (this.#stopping.signal.aborted || this.#deps.logs.head(origin)?.own !== true) return;
    for (const member of this.#ring.chosen(this.#options.copies)) void this.#push(member, origin);
  }

  async #push(member: number, origin: string): Promise<void> {
    const key = `${member} ${origin}`;
    if (this.#pushing.has(key)) return;
    this.#pushing.add(key);
    let failure: unknown;
    try {
      while (this.#isBehind(key, origin)) await this.#pushOnce(member, origin);
      this.#ring.restore(member);
    } catch (error) {
      failure = error;
    } finally {
      this.#pushing.delete(key);
    }
    if (failure !== undefined && !this.#stopping.signal.aborted) this.#replace(member, failure);
  }

  #isBehind(key: string, origin: string): boolean {
    const size = this.#deps.logs.head(origin)?.size ?? 0;
    return !this.#stopping.signal.aborted && (this.#held.get(key) ?? 0) < size;
  }

  async #pushOnce(member: number, origin: string): Promise<void> {
    const key = `${member} ${origin}`;
    const held = this.#held.get(key);
    if (held === undefined) {
      const query = { origin, from: 0, checkpoint: "", proof: [], items: [] };
      this.#held.set(key, await this.#ask(member, encodeMirrorRequest(query)));
    } else {
      const { request, end } = await this.#nextBatch(origin, held);
      const size = await this.#ask(member, request);
      this.#held.set(key, size);
      // One that stores less than it was sent must not hold up what f + 1 others could have long held.
      if (size < end) throw new ReplicatorError("REPLICATOR_STUCK", `member ${member} does not store all`);
    }
    this.#settle(origin);
  }

  async #ask(member: number, request: Uint8Array): Promise<number> {
    const timeout = AbortSignal.timeout(this.#options.answerTimeoutMs);
    const signal = AbortSignal.any([timeout, this.#stopping.signal]);
    return decodeMirrorAnswer(await this.#deps.network.request(member, "mirror", request, signal));
  }

  async #nextBatch(origin: string, from: number): Promise<{ request: Uint8Array; end: number }> {
    const { logs } = this.#deps;
    const head = logs.head(origin);
    const size = head?.size ?? 0;
    const checkpoint = head?.checkpoint ?? "";
    const items = await this.#items(origin, from, Math.min(size, from + MAX_MIRROR_ITEMS));
    const end = from + items.length;
    const signedSize = readCheckpoint(checkpoint).size;
    const proof = end < signedSize ? await logs.consistency(origin, end, signedSize) : [];
    return { request: encodeMirrorRequest({ origin, from, checkpoint, proof, items }), end };
  }

  /** As many as fit into a batch, at least one. */
  async #items(origin: string, from: number, to: number): Promise<MirrorItem[]> {
    const items: MirrorItem[] = [];
    let sizeBytes = 0;
    for (const entry of await this.#deps.logs.entries(origin, from, to)) {
      const root = toHex(decodeEntry(entry).segment.recordRoot);
      const records = (await this.#deps.logs.records(root)) ?? new Uint8Array();
      sizeBytes += entry.length + records.length + 8;
      if (items.length > 0 && sizeBytes > MAX_BATCH_BYTES) break;
      items.push({ entry, records });
    }
    return items;
  }

  #settle(origin: string): void {
    const settled = this.#waiters.filter(
      (waiter) => waiter.origin === origin && this.#isSafe(origin, waiter.size),
    );
    if (settled.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !settled.includes(waiter));
    for (const { resolve } of settled) resolve();
  }

  /** A substitute takes over at once; the mirror is tried again after a while. */
  #replace(member: number, cause: unknown): void {
    const code: unknown = cause instanceof DomainError ? cause.code : String(cause);
    const pauseMs = this.#ring.suspend(member);
    this.#deps.log.warn("mirror does not answer", { memberIndex: member, code, pauseMs });
    this.#pumpAll();
    this.#deps.clock.sleep(pauseMs, this.#stopping.signal).then(
      () => this.#pumpAll(),
      () => undefined,
    );
  }
}
