import { keyModification } from "../store/blockHistory.ts";
import { transactionsOf } from "../store/block.ts";
import type { Version } from "../store/layout.ts";
import type { LedgerStore, StateSnapshot } from "../store/ledgerStore.ts";
import type { QueryResults } from "./queryResults.ts";

export interface HistoryDeps {
  readonly store: LedgerStore;
  readonly snapshot: StateSnapshot;
}

/** What became of a key, newest first, read from the blocks. Fabric: core/ledger/kvledger/history/query_executer.go. */
export class HistoryResults implements QueryResults {
  readonly #namespace: string;
  readonly #key: string;
  readonly #store: LedgerStore;
  readonly #versions: AsyncGenerator<Version>;

  constructor(namespace: string, key: string, { store, snapshot }: HistoryDeps) {
    this.#namespace = namespace;
    this.#key = key;
    this.#store = store;
    this.#versions = store.history(namespace, key, snapshot);
  }

  /** @throws Error with Fabric's text when the block does not hold what the index says */
  async next(): Promise<Uint8Array | undefined> {
    const result = await this.#versions.next();
    if (result.done === true) return undefined;
    const { block: number, transaction } = result.value;
    const block = this.#store.getBlock(number);
    const envelope = block && transactionsOf(block)[transaction];
    const modification = envelope && keyModification(envelope, this.#namespace, this.#key);
    if (modification !== undefined) return modification.serializeBinary();
    throw new Error(
      `no namespace or key is found for namespace ${this.#namespace} and key ${this.#key} ` +
        `with decoded blockNum ${number} and tranNum ${transaction}`,
    );
  }

  /** A history has no pages. */
  bookmark(): Promise<string> {
    return Promise.resolve("");
  }

  async close(): Promise<void> {
    await this.#versions.return(undefined);
  }
}
