import type { LedgerBlock } from "@comity/ledger";

/** Asks the ledger. `LedgerClient` fits. */
export interface LedgerQueries {
  evaluate(transaction: string, ...args: string[]): Promise<Uint8Array>;
}

/** Sends transactions that may safely run twice. `LedgerClient` fits. */
export interface LedgerSubmitter {
  submitIdempotent(transaction: string, ...args: string[]): Promise<unknown>;
}

/** Blocks in order, already checked to follow from each other. `LedgerClient` fits. */
export interface LedgerBlocks {
  blocks(options: {
    from: bigint;
    previousHash?: string | undefined;
    signal: AbortSignal;
  }): AsyncIterable<LedgerBlock>;
}
