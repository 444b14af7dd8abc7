/**
 * Some queries cannot be checked again at commit, so nothing may be written beside them.
 * Fabric: core/ledger/kvledger/txmgmt/txmgr/tx_simulator.go, whose texts these are.
 */
export class WriteGuard {
  readonly #txId: string;
  #hasWritten = false;
  #hasPaginated = false;
  #hasQueriedPrivate = false;

  constructor(txId: string) {
    this.#txId = txId;
  }

  /** @throws Error after a query that forbids writes */
  beginWrite(): void {
    if (this.#hasQueriedPrivate) {
      throw this.#unsupported(
        "Transaction has already performed queries on pvt data. Writes are not allowed",
      );
    }
    if (this.#hasPaginated) {
      throw this.#unsupported("Transaction has already performed a paginated query. Writes are not allowed");
    }
    this.#hasWritten = true;
  }

  /** @throws Error after a write */
  beginPage(): void {
    if (this.#hasWritten) {
      throw this.#unsupported("Paginated queries are supported only in a read-only transaction");
    }
    this.#hasPaginated = true;
  }

  /** @throws Error after a write */
  beginPrivateQuery(): void {
    if (this.#hasWritten) {
      throw this.#unsupported("Queries on pvt data is supported only in a read-only transaction");
    }
    this.#hasQueriedPrivate = true;
  }

  #unsupported(why: string): Error {
    return new Error(`txid [${this.#txId}]: unsuppored transaction. ${why}`);
  }
}
