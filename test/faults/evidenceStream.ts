import { setTimeout as pause } from "node:timers/promises";
import { type BatchItem, toHex } from "@comity/protocol";
import { type EvidenceHost, segmentName } from "../system/evidence.ts";
import { eventually } from "../system/eventually.ts";
import { LogReader } from "../system/logReader.ts";
import type { TestCoalition } from "../system/testCoalition.ts";
import type { TestSite } from "../system/testSite.ts";

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** Every host of a site sends one segment after the other, each until it is acknowledged. */
export class EvidenceStream {
  /** By the segment's name: its index in the log; undefined where a repeat was acknowledged, which names none. */
  readonly acknowledged = new Map<string, number | undefined>();
  readonly #test: TestCoalition;
  readonly #site: TestSite;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(test: TestCoalition, site: TestSite) {
    this.#test = test;
    this.#site = site;
    this.#running = Promise.all(site.hosts.map((host) => this.#run(host))).then(() => undefined);
    this.#running.catch(() => undefined); // `stop` tells
  }

  /** Resolves once every segment that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(host: EvidenceHost): Promise<void> {
    const { site, networkId } = { site: this.#site, networkId: this.#test.coalition.network.genesis };
    const known = await eventually("the host known", () => site.intake.host(host.hostId), PATIENCE_MS);
    let { nonceEpoch } = known;
    while (!this.#stop.signal.aborted) {
      const item = host.nextDay({ networkId, origin: site.origin }, nonceEpoch);
      nonceEpoch = await eventually("a segment acknowledged", () => this.#send(item), PATIENCE_MS);
    }
  }

  /** The next nonce epoch. Rejects where nobody answers; a refusal is no answer that good evidence may get. */
  async #send(item: BatchItem): Promise<string> {
    const answer = await this.#site.intake.send([item]);
    const [outcome] = answer.items;
    if (outcome?.status === "accepted") this.acknowledged.set(segmentName(item.segment), outcome.index);
    else if (outcome?.code === "SEGMENT_REPLAYED")
      this.acknowledged.set(segmentName(item.segment), undefined);
    else throw new Error(`good evidence was refused: ${JSON.stringify(outcome)}`);
    return answer.nonceEpoch;
  }
}

/** Looks at a log's checkpoints everywhere, as often as it can, and remembers each. */
export class CheckpointWatch {
  /** Roots seen for each size. More than one is a fork. */
  readonly roots = new Map<number, Set<string>>();
  readonly #readers: readonly LogReader[];
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(test: TestCoalition, site: TestSite) {
    this.#readers = test.memberIds.map((memberId) => new LogReader(test, site, memberId));
    this.#running = Promise.all(this.#readers.map((reader) => this.#watch(reader)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const reader of this.#readers) await this.#look(reader);
  }

  async #watch(reader: LogReader): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#look(reader);
      await pause(LOOK_MS);
    }
  }

  async #look(reader: LogReader): Promise<void> {
    const checkpoint = await reader.checkpoint();
    if (checkpoint === undefined) return;
    const seen = this.roots.get(checkpoint.size) ?? new Set();
    this.roots.set(checkpoint.size, seen.add(toHex(checkpoint.root)));
  }
}
