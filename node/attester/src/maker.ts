import { type BatchItem, policyTime, realTime } from "@comity/protocol";
import type { HostChain } from "./hostChain.ts";
import { IntakeError } from "./intakeClient.ts";
import { draftSegment, sealSegment } from "./segmentMaker.ts";
import { noteNonceEpoch, type Site, taskOf } from "./site.ts";
import { SpoolError } from "./spoolFile.ts";

const MAX_GROUP = 64;
/** So long after the node gave no nonce epoch it is asked again. */
const RETRY_MS = 10_000;
const LEAST_WAIT_MS = 5;
const MOST_WAIT_MS = 1000;

/** Makes each host's next segment as soon as its interval is over, and puts it into the spool. */
export class Maker {
  readonly #site: Site;
  #isFull = false;

  constructor(site: Site) {
    this.#site = site;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const made = await this.#makeDue(signal);
      await this.#site.clock.sleep(made ? 0 : this.#untilNext(), signal).catch(() => undefined);
    }
  }

  /** One interval of some hosts; true if there may be more to do at once. */
  async #makeDue(signal: AbortSignal): Promise<boolean> {
    const { clock, config } = this.#site;
    const now = policyTime(config.clock, clock.now());
    const due = this.#chains().filter((chain) => chain.endMs + config.segmentIntervalMs <= now);
    const [first] = due;
    const nonceEpoch = first && (await this.#nonceEpoch(first, signal));
    if (nonceEpoch === undefined) return false;
    const items = due.slice(0, MAX_GROUP).flatMap((chain) => this.#made(chain, nonceEpoch));
    return this.#spooled(items);
  }

  /** One that was given lately, or evidence would not count. While the node is away, the last one: what is late is evidence still. */
  async #nonceEpoch({ hostId }: HostChain, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { client, clock, fresh } = this.#site;
    if (fresh.nonceEpoch === undefined || clock.now() < fresh.askAgainMs) return fresh.nonceEpoch;
    fresh.askAgainMs = clock.now() + RETRY_MS;
    try {
      noteNonceEpoch(this.#site, (await client.host(hostId, signal)).nonceEpoch);
    } catch (error) {
      if (!(error instanceof IntakeError)) throw error;
    }
    return fresh.nonceEpoch;
  }

  async #spooled(items: readonly BatchItem[]): Promise<boolean> {
    const { spool, emit } = this.#site;
    try {
      await spool.append(items);
    } catch (error) {
      if (!(error instanceof SpoolError) || error.code !== "SPOOL_FULL") throw error;
      if (!this.#isFull) emit({ event: "spool-full", sizeBytes: spool.sizeBytes, waiting: spool.waiting });
      this.#isFull = true;
      return false;
    }
    if (this.#isFull) emit({ event: "spool-room", sizeBytes: spool.sizeBytes, waiting: spool.waiting });
    this.#isFull = false;
    return true;
  }

  #made(chain: HostChain, nonceEpoch: Uint8Array): BatchItem[] {
    const [host, key] = [this.#site.hosts.get(chain.hostId), this.#site.keys.get(chain.hostId)];
    if (host === undefined || key === undefined) return [];
    const endMs = chain.endMs + this.#site.config.segmentIntervalMs;
    return [sealSegment(draftSegment({ ...taskOf(this.#site, host, nonceEpoch), chain, endMs }), key)];
  }

  #chains(): HostChain[] {
    const { spool, hosts, unknown } = this.#site;
    return [...spool.chains.values()].filter(
      (chain) => hosts.has(chain.hostId) && !unknown.has(chain.hostId) && this.#goesOn(chain),
    );
  }

  #goesOn({ endMs }: HostChain): boolean {
    const { segmentIntervalMs, endPolicyMs = Infinity } = this.#site.config;
    return endMs + segmentIntervalMs <= endPolicyMs;
  }

  #untilNext(): number {
    const { clock, config } = this.#site;
    const ends = this.#chains().map((chain) =>
      realTime(config.clock, chain.endMs + config.segmentIntervalMs),
    );
    const wait = Math.min(...ends) - clock.now();
    return this.#isFull ? MOST_WAIT_MS : Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, wait));
  }
}
