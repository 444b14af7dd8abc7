import { buildBlock } from "../store/block.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import type { CommitNotifier } from "./commitNotifier.ts";
import { applyInOrder } from "./mvcc.ts";
import type { PrivateDataCommitter } from "./privateDataCommitter.ts";
import { markDuplicates, type TransactionValidator } from "./transactionValidator.ts";

export interface CommitterDeps {
  readonly store: LedgerStore;
  readonly validator: TransactionValidator;
  readonly privateData: PrivateDataCommitter;
  readonly notifier: CommitNotifier;
}

/** Turns an ordered batch into a block: validates, checks the state, writes it in one piece, tells who waits. */
export class Committer {
  readonly #deps: CommitterDeps;

  constructor(deps: CommitterDeps) {
    this.#deps = deps;
  }

  async commit(envelopes: readonly Uint8Array[]): Promise<void> {
    const { store, validator, privateData, notifier } = this.#deps;
    const { height: number, hash: previousHash, lastConfig } = store.tip;
    const validated = markDuplicates(envelopes.map((envelope) => validator.validate(envelope)));
    const result = await applyInOrder(number, validated, store);
    const { transactions, updates } = result;
    const privateResult = await privateData.apply(number, validated, result);
    const codes = transactions.map(({ code }) => code);
    const block = buildBlock({ number, previousHash, transactions: envelopes, codes, lastConfig });
    await store.commit({ block, lastConfig, transactions, writes: updates.writes(), ...privateResult });
    for (const { txId, code } of transactions) notifier.committed(txId, { block: number, code });
  }
}
