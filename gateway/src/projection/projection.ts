import { changeStream, type LedgerBlock } from "@comity/ledger";
import { DomainError, type Genesis, type LedgerEvent, type NetworkId } from "@comity/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { LedgerReader } from "../service/ledgerReader.ts";
import type {
  DocumentKind,
  Documents,
  Place,
  ProjectionStatus,
  ProjectionView,
} from "../service/projectionView.ts";
import { type Change, keeping, ProjectionError } from "./change.ts";
import { ChangeReader } from "./changeReader.ts";
import type { Cursor, ProjectionStore, ScanOptions } from "./projectionStore.ts";

export interface ProjectionOptions {
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
}

/** Blocks in order, already checked to follow from each other. `LedgerClient` fits. */
export interface LedgerBlocks {
  blocks(options: {
    from: bigint;
    previousHash?: string | undefined;
    signal: AbortSignal;
  }): AsyncIterable<LedgerBlock>;
}

export interface ProjectionDeps {
  readonly ledger: LedgerReader & LedgerBlocks;
  readonly store: ProjectionStore;
  readonly now: () => number;
  /** Real milliseconds. Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly log: FastifyBaseLogger;
}

/** Keeps the read model: block by block, from where it stopped last time, from block 0 when it has nothing. */
export class Projection implements ProjectionView {
  readonly #options: ProjectionOptions;
  readonly #deps: ProjectionDeps;
  readonly #reader: ChangeReader;
  readonly #stopping = new AbortController();
  #following: Promise<void> = Promise.resolve();
  #cursor: Cursor | undefined;
  #trouble: Omit<ProjectionStatus, "height"> | undefined;

  constructor(options: ProjectionOptions, deps: ProjectionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#reader = new ChangeReader(options, deps);
  }

  /** @throws ProjectionError where the store is not this network's, or none */
  async start(): Promise<void> {
    await this.#deps.store.open();
    this.#cursor = await this.#deps.store.cursor();
    const networkId = this.#cursor?.networkId ?? this.#options.networkId;
    if (networkId !== this.#options.networkId) {
      const text = `The projection is of the network ${networkId}; delete its folder to have it rebuilt.`;
      throw new ProjectionError("PROJECTION_OTHER_NETWORK", text);
    }
    this.#following = this.#follow(this.#stopping.signal).catch((error: unknown) => this.#end(error));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
    await this.#deps.store.close();
  }

  status(): ProjectionStatus {
    return { height: this.#cursor?.height ?? -1, ...(this.#trouble ?? { state: "following" }) };
  }

  timeMs(): number {
    return this.#cursor?.timeMs ?? 0;
  }

  at: ProjectionView["at"] = (kind, id, height) => this.#deps.store.at(kind, id, height);
  history: ProjectionView["history"] = (kind, id, height) => this.#deps.store.history(kind, id, height);
  supersededAt: ProjectionView["supersededAt"] = (alertId) => this.#deps.store.supersededAt(alertId);
  digest: ProjectionView["digest"] = (registry) => this.#deps.store.digest(registry);
  epochs: ProjectionView["epochs"] = () => this.#deps.store.epochs();

  scan<K extends DocumentKind>(kind: K, options: ScanOptions) {
    return this.#deps.store.scan(kind, options);
  }

  placeOf<K extends DocumentKind>(kind: K, document: Documents[K]): Place {
    return keeping[kind].place(document);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const from = BigInt((this.#cursor?.height ?? -1) + 1);
    const wanted = { from, previousHash: this.#cursor?.hash, signal };
    const { ledger, sleep, random, store } = this.#deps;
    const stream = changeStream<Change>(wanted, {
      ledger,
      changesOf: (event, height) => this.#reader.changesOf(event, height),
      isFinal: (error) => error instanceof ProjectionError,
      sleep,
      random,
      onRetry: (event, error) => this.#wait(event, error),
    });
    for await (const { block, changes } of stream) {
      const cursor = this.#cursorAt(block);
      await store.write(changes, cursor);
      this.#cursor = cursor;
      this.#trouble = undefined;
    }
  }

  #cursorAt(block: LedgerBlock): Cursor {
    const stamps = block.transactions.map(({ timestampMs }) => timestampMs);
    const { networkId } = this.#options;
    const timeMs = Math.max(this.timeMs(), ...stamps);
    return { networkId, height: Number(block.number), hash: block.hash, timeMs };
  }

  #wait(event: LedgerEvent, error: unknown): void {
    const reason = codeOf(error);
    this.#trouble = { state: "waiting", reason, sinceMs: this.#trouble?.sinceMs ?? this.#deps.now() };
    this.#deps.log.warn({ type: event.type, code: reason, err: error }, "a change cannot be read yet");
  }

  #end(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#trouble = { state: "broken", reason: codeOf(error), sinceMs: this.#deps.now() };
    this.#deps.log.error({ err: error }, "the projection has ended");
  }
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof DomainError ? error.code : undefined;
  return typeof code === "string" ? code : "UNKNOWN";
}
