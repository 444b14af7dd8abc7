import type { common } from "@hyperledger/fabric-protos";
import { maxPendingBytes, preferredBlockBytes } from "../wire/limits.ts";
import { admit, type AdmissionDeps, type Refusal } from "./admission.ts";
import { type Batch, BlockCutter, type PendingTransaction } from "./blockCutter.ts";

export interface OrdererOptions {
  readonly channel: string;
  /** The longest that a transaction waits for others to share its block. */
  readonly blockMs: number;
  readonly maxBlockTransactions: number;
}

export interface OrdererDeps extends AdmissionDeps {
  /** Whether a transaction of this id is in a block. */
  isCommitted(txId: string): boolean;
  commit(envelopes: readonly Uint8Array[]): Promise<void>;
  /** A block could not be written: nothing after it may be. */
  onFatal(error: unknown): void;
}

const maxPending = 10_000;

/** Takes transactions in as Fabric's orderers do, and cuts them into blocks in the order of arrival. */
export class Orderer {
  readonly #options: OrdererOptions;
  readonly #deps: OrdererDeps;
  readonly #cutter: BlockCutter;
  /** Taken in and not yet committed: a repeat is not ordered twice. */
  readonly #pending = new Set<string>();
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isBroken = false;

  constructor(options: OrdererOptions, deps: OrdererDeps) {
    this.#options = options;
    this.#deps = deps;
    const maxTransactions = options.maxBlockTransactions;
    this.#cutter = new BlockCutter({ maxTransactions, preferredBytes: preferredBlockBytes });
  }

  /** Undefined when the transaction will be in a block. */
  submit(envelope: common.Envelope): Refusal | undefined {
    const txId = admit(envelope, this.#options.channel, this.#deps);
    if (typeof txId !== "string") return txId;
    if (this.#pending.has(txId)) return undefined;
    if (this.#deps.isCommitted(txId)) return unavailable("request already processed");
    const bytes = envelope.serializeBinary();
    const isFull = this.#pending.size >= maxPending || this.#pendingBytes + bytes.length > maxPendingBytes;
    if (this.#isStopped || isFull) return unavailable("request pool is full or closed");
    this.#takeIn({ txId, bytes });
    return undefined;
  }

  /** Writes what was taken in, then takes in no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#commitAll(this.#cutter.cut());
    await this.#committing;
  }

  #takeIn(transaction: PendingTransaction): void {
    this.#pending.add(transaction.txId);
    this.#pendingBytes += transaction.bytes.length;
    this.#commitAll(this.#cutter.add(transaction));
    if (!this.#cutter.isEmpty) {
      this.#timer ??= setTimeout(() => this.#commitAll(this.#cutter.cut()), this.#options.blockMs);
    }
  }

  #commitAll(batches: readonly Batch[]): void {
    if (batches.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of batches) {
      this.#committing = this.#committing.then(() => this.#commit(batch));
    }
  }

  async #commit(batch: Batch): Promise<void> {
    if (this.#isBroken) return;
    try {
      await this.#deps.commit(batch.map(({ bytes }) => bytes));
      for (const { txId, bytes } of batch) {
        this.#pending.delete(txId);
        this.#pendingBytes -= bytes.length;
      }
    } catch (error) {
      this.#isBroken = this.#isStopped = true;
      this.#deps.onFatal(error);
    }
  }
}

function unavailable(why: string): Refusal {
  return { status: "SERVICE_UNAVAILABLE", info: `failed to submit request: ${why}` };
}
