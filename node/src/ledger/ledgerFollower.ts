import { type BlocksOptions, type ChangedBlock, changeStream, type LedgerBlock } from "@comity/ledger";
import {
  type AlertDocument,
  type BondDocument,
  type DigestDocument,
  DomainError,
  type EpochRecord,
  type Genesis,
  type HostDocument,
  type LedgerEvent,
  type NoticeDocument,
  type RegisterMember,
  type RegistryName,
  type SignedEpochRecord,
  type SiteDocument,
  type VenueDocument,
} from "@comity/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import { BlockMarks } from "./blockMarks.ts";
import { LedgerViewError, type Change, type RegistryChange } from "./change.ts";
import type { LedgerReader } from "./ledgerReader.ts";
import type { LedgerView } from "./ledgerView.ts";
import type { LedgerBlocks } from "./ports.ts";
import { Projection } from "./projection.ts";
import { registryChanges } from "./registryChange.ts";
import type { ViewStore } from "./viewStore.ts";

export interface LedgerFollowerDeps {
  readonly ledger: LedgerBlocks;
  readonly reader: Pick<LedgerReader, "changesOf">;
  readonly store: ViewStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Told when the ledger contradicts itself: the process must stop. */
  readonly fatal: (error: Error) => void;
}

/** Keeps the view of the ledger: block by block, from where it stopped last time, from block 0 when it has nothing. */
export class LedgerFollower implements LedgerView {
  readonly #deps: LedgerFollowerDeps;
  readonly #genesis: Genesis;
  readonly #projection = new Projection();
  readonly #marks = new BlockMarks();
  readonly #listeners: ((block: LedgerBlock) => void)[] = [];
  readonly #stopping = new AbortController();
  #following: Promise<void> = Promise.resolve();
  #unread: { readonly height: bigint; readonly sinceMs: number } | undefined;

  constructor(options: { readonly genesis: Genesis }, deps: LedgerFollowerDeps) {
    this.#genesis = options.genesis;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.#deps.store.open();
    for await (const stored of this.#deps.store.read()) {
      if ("change" in stored) this.#projection.apply(stored.change);
      else this.#marks.add(stored.mark);
    }
    this.#following = this.#follow(this.#stopping.signal).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted)
        this.#deps.fatal(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
    await this.#deps.store.close();
  }

  height(): bigint {
    return this.#marks.last?.height ?? -1n;
  }

  /** The block that cannot be read now, and for how long already, real ms. */
  unread(): { readonly height: bigint; readonly forMs: number } | undefined {
    if (!this.#unread) return undefined;
    const { height, sinceMs } = this.#unread;
    return { height, forMs: this.#deps.clock.now() - sinceMs };
  }

  blockHash(height: bigint): string | undefined {
    return this.#marks.at(height)?.hash;
  }

  blockSeenMs(height: bigint): number | undefined {
    return this.#marks.at(height)?.seenMs;
  }

  host(hostId: string): HostDocument | undefined {
    return this.#projection.host(hostId);
  }

  site(siteId: string): SiteDocument | undefined {
    return this.#projection.site(siteId);
  }

  sites(): readonly SiteDocument[] {
    return this.#projection.sites();
  }

  noticeRevisionsAt(height: bigint): readonly NoticeDocument[] {
    return this.#projection.noticeRevisionsAt(height);
  }

  alert(alertId: string): AlertDocument | undefined {
    return this.#projection.alert(alertId);
  }

  alerts(): readonly AlertDocument[] {
    return this.#projection.alerts();
  }

  venues(): readonly VenueDocument[] {
    return this.#projection.registries.venues();
  }

  venueRevision(venueId: string, rev: number): VenueDocument | undefined {
    return this.#projection.registries.venueRevision(venueId, rev);
  }

  bonds(): readonly BondDocument[] {
    return this.#projection.registries.bonds();
  }

  digest(registry: RegistryName): DigestDocument | undefined {
    return this.#projection.registries.digest(registry);
  }

  registryChange(registry: RegistryName): RegistryChange | undefined {
    return this.#projection.registries.registryChange(registry);
  }

  epochs(): readonly SignedEpochRecord[] {
    return this.#projection.epochs;
  }

  currentEpoch(): EpochRecord | undefined {
    return this.#projection.epochs.at(-1)?.record;
  }

  members(): readonly RegisterMember[] {
    return this.#projection.register?.members ?? this.#genesis.members;
  }

  closedBucket(): number | undefined {
    return this.#projection.closedBucket;
  }

  onBlock(listener: (block: LedgerBlock) => void): void {
    this.#listeners.push(listener);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const from = this.height() + 1n;
    const previousHash = this.#marks.last?.hash;
    for await (const { block, changes: read } of this.#changes({ from, previousHash, signal })) {
      const changes = [...read, ...registryChanges(block, read)];
      const mark = { height: block.number, hash: block.hash, seenMs: this.#seenMs(block) };
      await this.#deps.store.write(changes, mark);
      for (const change of changes) this.#projection.apply(change);
      this.#marks.add(mark);
      for (const listener of this.#listeners) listener(block);
    }
  }

  #changes(wanted: BlocksOptions): AsyncIterable<ChangedBlock<Change>> {
    const { ledger, clock, random, log } = this.#deps;
    return changeStream<Change>(wanted, {
      ledger,
      changesOf: (event, height) => this.#read(event, height),
      isFinal: (error) => error instanceof LedgerViewError && error.code === "LEDGER_OTHER_NETWORK",
      sleep: (ms, signal) => clock.sleep(ms, signal),
      random,
      onRetry: ({ type }, error) => {
        const code: unknown = error instanceof DomainError ? error.code : undefined;
        log.warn("a change on the ledger cannot be read yet", { type, code, error });
      },
    });
  }

  /** What cannot be read holds everything after it up, so the node says since when it tries. */
  async #read(event: LedgerEvent, height: bigint): Promise<Change[]> {
    try {
      const changes = await this.#deps.reader.changesOf(event, height);
      this.#unread = undefined;
      return changes;
    } catch (error) {
      this.#unread ??= { height, sinceMs: this.#deps.clock.now() };
      throw error;
    }
  }

  #seenMs(block: LedgerBlock): number {
    const stamps = block.transactions
      .filter(({ events }) => events.length > 0)
      .map(({ timestampMs }) => timestampMs);
    return Math.min(this.#deps.clock.now(), stamps.length > 0 ? Math.max(...stamps) : Infinity);
  }
}
