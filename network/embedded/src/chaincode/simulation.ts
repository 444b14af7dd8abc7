import type { Version } from "../store/layout.ts";
import type { LedgerStore, StateSnapshot } from "../store/ledgerStore.ts";
import type { ReadWriteSet } from "./readWriteSet.ts";
import { StateQuery } from "./stateQuery.ts";

/** An evaluation's writes go nowhere, so its ranges need no protection against phantoms. */
export type SimulationMode = "evaluate" | "endorse";

export interface SimulationOptions {
  readonly txId: string;
  readonly namespace: string;
  readonly mode: SimulationMode;
}

const maxOpenQueries = 32;

/** One member's run of one proposal over one state of the ledger. Reads never see the simulation's own writes. */
export class Simulation implements ReadWriteSet {
  readonly reads = new Map<string, Version | undefined>();
  readonly writes = new Map<string, Uint8Array>();
  readonly namespace: string;
  readonly txId: string;
  readonly #mode: SimulationMode;
  readonly #store: LedgerStore;
  readonly #snapshot: StateSnapshot;
  readonly #queries = new Map<string, StateQuery>();
  #rangeRead = false;
  #paginated = false;
  #nextQueryId = 0;

  constructor(options: SimulationOptions, store: LedgerStore, snapshot: StateSnapshot) {
    this.namespace = options.namespace;
    this.txId = options.txId;
    this.#mode = options.mode;
    this.#store = store;
    this.#snapshot = snapshot;
  }

  get(key: string): Uint8Array {
    const found = this.#store.getState(this.namespace, key, this.#snapshot);
    this.reads.set(key, found?.version);
    return found?.value ?? new Uint8Array();
  }

  /** An empty value deletes. @throws Error with Fabric's text after a range read that forbids writes */
  put(key: string, value: Uint8Array): void {
    if (this.#paginated || (this.#rangeRead && this.#mode === "endorse")) {
      throw new Error(
        `txid [${this.txId}]: unsuppored transaction. Transaction has already performed a paginated query. Writes are not allowed`,
      );
    }
    this.writes.set(key, value);
  }

  /** @param pageSize undefined without pagination */
  openQuery(start: string, end: string, pageSize: number | undefined): { id: string; query: StateQuery } {
    const isPaginated = pageSize !== undefined;
    if (this.writes.size > 0 && (isPaginated || this.#mode === "endorse")) {
      throw new Error(
        `txid [${this.txId}]: unsuppored transaction. Paginated queries are supported only in a read-only transaction`,
      );
    }
    if (this.#queries.size >= maxOpenQueries) throw new Error(`more than ${maxOpenQueries} open queries`);
    this.#rangeRead = true;
    this.#paginated ||= isPaginated;
    const id = String(this.#nextQueryId++);
    const results = this.#store.rangeState(this.namespace, start, end, this.#snapshot);
    const query = new StateQuery(id, this.namespace, results, pageSize);
    this.#queries.set(id, query);
    return { id, query };
  }

  query(id: string): StateQuery | undefined {
    return this.#queries.get(id);
  }

  async closeQuery(id: string): Promise<void> {
    const query = this.#queries.get(id);
    this.#queries.delete(id);
    await query?.close();
  }

  /**
   * Ends the simulation.
   * @throws Error when a transaction would rest on a range that commit cannot check again
   */
  async finish(): Promise<void> {
    await this.abandon();
    if (this.#rangeRead && this.#mode === "endorse") {
      throw new Error(
        `txid [${this.txId}]: range queries are supported only when evaluating, not in a transaction`,
      );
    }
  }

  /** Ends it without a result: open queries hold on to the snapshot. */
  async abandon(): Promise<void> {
    await Promise.all([...this.#queries.keys()].map((id) => this.closeQuery(id)));
  }
}
