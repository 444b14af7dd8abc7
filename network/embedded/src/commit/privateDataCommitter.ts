import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import { hasPrivateWrites } from "../rwset/decodedReadWriteSet.ts";
import type { Expiry } from "../store/expirySchedule.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import { removeExpired, schedule } from "./expiry.ts";
import type { BlockResult } from "./mvcc.ts";
import { addPrivateValues, type CollectionWrites } from "./privateValues.ts";
import type { ValidatedTransaction } from "./transactionValidator.ts";

export interface PrivateDataCommitterDeps {
  readonly store: LedgerStore;
  readonly definitions: ChaincodeDefinitions;
}

export interface PrivateDataResult {
  readonly privateTxIds: readonly string[];
  readonly expiries: ReadonlyMap<number, readonly Expiry[]>;
}

/** Adds to a block's updates the private values that belong to its hashes, and removes those whose time is over. */
export class PrivateDataCommitter {
  readonly #deps: PrivateDataCommitterDeps;

  constructor(deps: PrivateDataCommitterDeps) {
    this.#deps = deps;
  }

  async apply(
    block: number,
    validated: readonly ValidatedTransaction[],
    { transactions, updates }: BlockResult,
  ): Promise<PrivateDataResult> {
    const { store, definitions } = this.#deps;
    const written: CollectionWrites[] = [];
    const privateTxIds: string[] = [];
    for (const [index, { txId, readWriteSet }] of validated.entries()) {
      if (!readWriteSet.some(hasPrivateWrites)) continue;
      privateTxIds.push(txId);
      if (transactions[index]?.code !== 0) continue;
      const kept = await store.transient.find(txId);
      const version = { block, transaction: index };
      const parts = readWriteSet.flatMap(({ namespace, collections }) =>
        collections.map((collection) => ({ namespace, collection, version })),
      );
      for (const part of parts) await addPrivateValues(part, kept, updates, store);
      written.push(...parts);
    }
    const expiries = schedule(written, block, updates, definitions);
    removeExpired(await store.expirySchedule.due(block), block, updates, store);
    return { privateTxIds, expiries };
  }
}
