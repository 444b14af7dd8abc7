/** A transaction that was taken in and is not committed yet. */
export interface PendingTransaction {
  readonly txId: string;
  /** The envelope. */
  readonly bytes: Uint8Array;
}

export type Batch = readonly PendingTransaction[];

export interface BlockCutterOptions {
  readonly maxTransactions: number;
  /** What a block should not grow past; a transaction that is larger by itself gets a block of its own. */
  readonly preferredBytes: number;
}

/** Gathers transactions until they fill a block. Fabric: orderer/common/blockcutter. */
export class BlockCutter {
  readonly #options: BlockCutterOptions;
  #batch: PendingTransaction[] = [];
  #sizeBytes = 0;

  constructor(options: BlockCutterOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#batch.length === 0;
  }

  /** The batches that are complete now, in order. The transaction is in the last of them, or waits for more. */
  add(transaction: PendingTransaction): Batch[] {
    const { maxTransactions, preferredBytes } = this.#options;
    const before = this.#sizeBytes + transaction.bytes.length > preferredBytes ? this.cut() : [];
    this.#batch.push(transaction);
    this.#sizeBytes += transaction.bytes.length;
    const isFull = this.#sizeBytes > preferredBytes || this.#batch.length >= maxTransactions;
    return isFull ? [...before, ...this.cut()] : before;
  }

  /** What waits, as the only batch; none when nothing does. */
  cut(): Batch[] {
    const batch = this.#batch;
    this.#batch = [];
    this.#sizeBytes = 0;
    return batch.length === 0 ? [] : [batch];
  }
}
