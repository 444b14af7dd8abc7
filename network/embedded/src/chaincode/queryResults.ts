/** What a query finds, one result after another. Fabric: common/ledger's QueryResultsIterator. */
export interface QueryResults {
  /** The next result as the shim expects it; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** The key that the next page begins with, "" at the end. */
  bookmark(): Promise<string>;
  close(): Promise<void>;
}
