import { setImmediate } from "node:timers/promises";
import { type BatchItem, decodeBatch, logOrigin, SegmentError } from "@comity/protocol";
import type { AttesterIdentity } from "./clientCertificate.ts";
import { HostStore } from "./hostStore.ts";
import { IntakeCounters } from "./intakeCounters.ts";
import { IntakeError } from "./intakeError.ts";
import type { BatchAnswer, HostAnswer, IntakeDeps, IntakeOptions } from "./intakePorts.ts";
import type { ItemAnswer } from "./intakePorts.ts";
import { SiteIntake } from "./siteIntake.ts";

const MAX_BATCH_ITEMS = 4096;
/** So many are appraised before others get their turn. */
const CHUNK = 16;

/**
 * Takes evidence in: appraises each segment, puts the good ones into the site's log and answers once other nodes hold them too. A bad segment
 * is refused and counted and touches nothing else.
 */
export class Intake {
  readonly counters = new IntakeCounters();
  readonly #options: IntakeOptions;
  readonly #deps: IntakeDeps;
  readonly #hosts: HostStore;
  readonly #sites = new Map<string, Promise<SiteIntake>>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();
  #queuedBytes = 0;
  readonly #queuedOf = new Map<string, number>();

  constructor(options: IntakeOptions, deps: IntakeDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#hosts = new HostStore(options.directory);
  }

  /** Catches up with our own logs, which must have been started. */
  async start(): Promise<void> {
    await this.#hosts.open();
    for (const { own, origin } of this.#deps.logs.list()) {
      if (own) await this.#hosts.restore(origin, this.#deps.logs);
    }
  }

  /** Finishes what is in work; what still waits for other nodes is answered as not replicated. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
    await this.#hosts.close();
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Room for a batch of this size, to be given back. A site gets a quarter of it all, so that one that sends slowly does not shut out others.
   * @throws IntakeError INTAKE_BUSY when so much is in work that it must wait
   */
  admit({ operatorId, siteId }: AttesterIdentity, sizeBytes: number): () => void {
    const { maxQueuedBytes = 32 * 1024 * 1024 } = this.#options;
    const site = `${operatorId}/${siteId}`;
    const ofSite = (this.#queuedOf.get(site) ?? 0) + sizeBytes;
    if (this.#queuedBytes + sizeBytes > maxQueuedBytes || ofSite > maxQueuedBytes / 4) {
      throw new IntakeError("INTAKE_BUSY", "as much evidence as fits is in work");
    }
    this.#queue(site, sizeBytes);
    return () => this.#queue(site, -sizeBytes);
  }

  #queue(site: string, sizeBytes: number): void {
    this.#queuedBytes += sizeBytes;
    const ofSite = (this.#queuedOf.get(site) ?? 0) + sizeBytes;
    if (ofSite > 0) this.#queuedOf.set(site, ofSite);
    else this.#queuedOf.delete(site);
  }

  /** @throws IntakeError */
  take(identity: AttesterIdentity, batch: Uint8Array): Promise<BatchAnswer> {
    return this.#run(() => this.#take(identity, batch));
  }

  /** Where a host of this site stands. @throws IntakeError */
  host(identity: AttesterIdentity, hostId: string): Promise<HostAnswer> {
    return this.#run(async () => {
      const site = await this.#site(identity);
      return { ...site.host(hostId), nonceEpoch: await site.nonceEpoch() };
    });
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#stopping.signal.aborted) throw new IntakeError("INTAKE_BUSY", "this node is stopping");
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #take(identity: AttesterIdentity, batch: Uint8Array): Promise<BatchAnswer> {
    const site = await this.#site(identity);
    const items = decodedBatch(batch);
    const answers: Promise<ItemAnswer>[] = [];
    for (let at = 0; at < items.length; at += CHUNK) {
      if (at > 0) await setImmediate();
      answers.push(...site.take(items.slice(at, at + CHUNK)));
    }
    const settled = await Promise.all(answers);
    // What was in the log before is answered like what is new: only once enough others hold it.
    if (settled.some((answer) => answer.status === "accepted" || answer.code === "SEGMENT_REPLAYED")) {
      await this.#replicated(site.origin);
    }
    return { items: settled, nonceEpoch: await site.nonceEpoch() };
  }

  /** The site must be the ledger's: registered to this operator, and to this member as the one whose node takes its evidence. */
  async #site({ operatorId, siteId }: AttesterIdentity): Promise<SiteIntake> {
    const { networkId, memberId } = this.#options;
    const registered = this.#deps.enrolments.site(siteId);
    if (registered?.operatorId !== operatorId || registered.memberId !== memberId) {
      throw new IntakeError("SITE_UNKNOWN", "the ledger knows no such site of this operator and member");
    }
    const origin = logOrigin({ networkId, memberId, operatorId, siteId });
    const opening = this.#sites.get(origin) ?? this.#open(origin, siteId);
    this.#sites.set(origin, opening);
    return opening;
  }

  #open(origin: string, siteId: string): Promise<SiteIntake> {
    const deps = { ...this.#deps, hosts: this.#hosts, counters: this.counters };
    return SiteIntake.open({ ...this.#options, origin, siteId }, deps).catch((error: unknown) => {
      this.#sites.delete(origin);
      throw error;
    });
  }

  async #replicated(origin: string): Promise<void> {
    const { replicator, clock } = this.#deps;
    const waiting = new AbortController();
    const tooLate = clock
      .sleep(
        this.#options.replicationTimeoutMs ?? 20_000,
        AbortSignal.any([waiting.signal, this.#stopping.signal]),
      )
      .then(() => Promise.reject(new Error("no answer from enough other nodes in time")));
    try {
      await Promise.race([replicator.replicate(origin, waiting.signal), tooLate]);
    } catch (cause) {
      throw new IntakeError("INTAKE_UNREPLICATED", "too few other nodes hold the evidence yet", { cause });
    } finally {
      waiting.abort();
    }
  }
}

function decodedBatch(bytes: Uint8Array): BatchItem[] {
  try {
    return decodeBatch(bytes, MAX_BATCH_ITEMS);
  } catch (cause) {
    if (!(cause instanceof SegmentError)) throw cause;
    throw new IntakeError("BATCH_MALFORMED", cause.message, { cause });
  }
}
