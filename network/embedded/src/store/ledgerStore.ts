import { common } from "@hyperledger/fabric-protos";
import { ClassicLevel, type Snapshot } from "classic-level";
import { decode } from "../wire/decode.ts";
import { blockHash, blockNumber, chainFault } from "./block.ts";
import { historyKeys } from "./blockHistory.ts";
import { type Expiry, ExpirySchedule } from "./expirySchedule.ts";
import * as layout from "./layout.ts";
import { del, type Operation, put } from "./operation.ts";
import { StoreError } from "./storeError.ts";
import { upgradeStore } from "./storeVersion.ts";
import { TransientStore } from "./transientStore.ts";

export type StateSnapshot = Snapshot;

export interface StateWrite {
  readonly namespace: string;
  readonly key: string;
  readonly version: layout.Version;
  /** Undefined deletes. */
  readonly value: Uint8Array | undefined;
}

/** A key that is there. */
export interface StateEntry extends layout.VersionedValue {
  readonly key: string;
}

export interface CommittedBlock {
  readonly block: common.Block;
  readonly lastConfig: number;
  readonly transactions: readonly { readonly txId: string; readonly code: number }[];
  readonly writes: readonly StateWrite[];
  /** Whose private values need not be kept for their block any more. */
  readonly privateTxIds?: readonly string[];
  /** What of this block expires, by the block that it does at. */
  readonly expiries?: ReadonlyMap<number, readonly Expiry[]>;
}

const emptyTip: layout.Tip = { height: 0, lastConfig: 0, hash: new Uint8Array() };

/** Blocks, state and indexes in one level database. A block and all that follows from it is one atomic, synced batch. */
export class LedgerStore {
  readonly transient: TransientStore;
  readonly expirySchedule: ExpirySchedule;
  readonly #db: ClassicLevel<Buffer, Buffer>;
  #tip: layout.Tip = emptyTip;
  #nextBlock = Promise.withResolvers<undefined>();

  private constructor(db: ClassicLevel<Buffer, Buffer>) {
    this.#db = db;
    this.transient = new TransientStore(db);
    this.expirySchedule = new ExpirySchedule(db);
  }

  /** @throws StoreError when another process has it open, the last block is not what the store says, or the store is too new */
  static async open(directory: string): Promise<LedgerStore> {
    const db = new ClassicLevel<Buffer, Buffer>(directory, {
      keyEncoding: "buffer",
      valueEncoding: "buffer",
    });
    try {
      await db.open();
    } catch (cause) {
      throw new StoreError("STORE_LOCKED", `the ledger in ${directory} cannot be opened; is it in use?`, {
        cause,
      });
    }
    const store = new LedgerStore(db);
    try {
      store.#loadTip();
      await upgradeStore({ db, height: store.tip.height, getBlock: (number) => store.getBlock(number) });
    } catch (error) {
      await db.close();
      throw error;
    }
    return store;
  }

  get tip(): layout.Tip {
    return this.#tip;
  }

  snapshot(): StateSnapshot {
    return this.#db.snapshot();
  }

  getState(namespace: string, key: string, snapshot?: StateSnapshot): layout.VersionedValue | undefined {
    const stored = this.#db.getSync(layout.stateKey(namespace, key), at(snapshot));
    return stored && layout.decodeState(stored);
  }

  /** Keys from `start` on and before `end` ("" is past the last), in byte order. */
  async *rangeState(
    namespace: string,
    start: string,
    end: string,
    snapshot?: StateSnapshot,
  ): AsyncGenerator<StateEntry> {
    const gte = layout.stateKey(namespace, start);
    const lt = end === "" ? layout.stateEnd(namespace) : layout.stateKey(namespace, end);
    if (Buffer.compare(gte, lt) >= 0) return;
    for await (const [key, stored] of this.#db.iterator({ gte, lt, ...at(snapshot) })) {
      yield { key: layout.keyOfState(namespace, key), ...layout.decodeState(stored) };
    }
  }

  /** Where a key was written, newest first. */
  async *history(namespace: string, key: string, snapshot: StateSnapshot): AsyncGenerator<layout.Version> {
    const gte = layout.historyPrefix(namespace, key);
    const lt = Buffer.concat([gte, Buffer.alloc(9, 0xff)]);
    for await (const stored of this.#db.keys({ gte, lt, reverse: true, snapshot })) {
      yield layout.versionOfHistory(stored);
    }
  }

  getBlock(number: number): common.Block | undefined {
    const stored = this.#db.getSync(layout.blockKey(number));
    return stored && decode(common.Block, "Block", stored);
  }

  getBlockNumberByHash(hash: Uint8Array): number | undefined {
    const stored = this.#db.getSync(layout.blockHashKey(hash));
    return stored && Number(stored.readBigUInt64BE(0));
  }

  getTransaction(txId: string): layout.TransactionEntry | undefined {
    const stored = this.#db.getSync(layout.transactionKey(txId));
    return stored && layout.decodeTransactionEntry(stored);
  }

  async commit(committed: CommittedBlock): Promise<void> {
    const number = blockNumber(committed.block);
    const header = committed.block.getHeader();
    if (header === undefined || number !== this.#tip.height) {
      throw new StoreError("STORE_DAMAGED", `block ${number} does not follow height ${this.#tip.height}`);
    }
    const tip = { height: number + 1, lastConfig: committed.lastConfig, hash: blockHash(header) };
    const operations = [
      ...this.#operations(committed, number, tip),
      ...(await this.transient.forgetting(committed.privateTxIds ?? [], number)),
      ...(await this.expirySchedule.replacing(number, committed.expiries ?? new Map())),
    ];
    await this.#db.batch(operations, { sync: true });
    this.#tip = tip;
    const waiting = this.#nextBlock;
    this.#nextBlock = Promise.withResolvers();
    waiting.resolve(undefined);
  }

  /** Resolves at the next commit. */
  nextCommit(): Promise<unknown> {
    return this.#nextBlock.promise;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #operations(committed: CommittedBlock, number: number, tip: layout.Tip): Operation[] {
    const encodedNumber = Buffer.alloc(8);
    encodedNumber.writeBigUInt64BE(BigInt(number));
    return [
      put(layout.blockKey(number), Buffer.from(committed.block.serializeBinary())),
      put(layout.blockHashKey(tip.hash), encodedNumber),
      put(layout.tipKey, layout.encodeTip(tip)),
      ...committed.writes.map(stateOperation),
      ...historyKeys(committed.block).map((key) => put(key)),
      ...this.#transactionOperations(committed, number),
    ];
  }

  /** The first occurrence of a transaction id counts; a later duplicate must not hide it. */
  #transactionOperations(committed: CommittedBlock, block: number): Operation[] {
    const seen = new Set<string>();
    return committed.transactions.flatMap(({ txId, code }, index) => {
      if (txId === "" || seen.has(txId) || this.getTransaction(txId) !== undefined) return [];
      seen.add(txId);
      const value = layout.encodeTransactionEntry({ block, index, code });
      return [put(layout.transactionKey(txId), value)];
    });
  }

  #loadTip(): void {
    const stored = this.#db.getSync(layout.tipKey);
    if (stored === undefined) return;
    const tip = layout.decodeTip(stored);
    const last = this.getBlock(tip.height - 1);
    const header = last?.getHeader();
    if (last === undefined || header === undefined || Buffer.compare(blockHash(header), tip.hash) !== 0) {
      throw new StoreError(
        "STORE_DAMAGED",
        `block ${tip.height - 1} is not the one that the ledger ends with`,
      );
    }
    const before = tip.height > 1 ? this.getBlock(tip.height - 2)?.getHeader() : undefined;
    const fault = chainFault([last], before);
    if (fault !== undefined) throw new StoreError("STORE_DAMAGED", `the ledger's end is damaged: ${fault}`);
    this.#tip = tip;
  }
}

function at(snapshot: StateSnapshot | undefined): { snapshot?: StateSnapshot } {
  return snapshot === undefined ? {} : { snapshot };
}

function stateOperation({ namespace, key, version, value }: StateWrite): Operation {
  const stored = layout.stateKey(namespace, key);
  return value === undefined ? del(stored) : put(stored, layout.encodeState(version, value));
}
