import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import type { Collection } from "../definition/collection.ts";
import { keyHashOf, keyOfHash } from "../rwset/keyHash.ts";
import type { ReadWriteSet } from "../rwset/readWriteSet.ts";
import { hashedNamespace, privateNamespace, sameVersion, type Version } from "../store/layout.ts";
import type { LedgerStore, StateSnapshot } from "../store/ledgerStore.ts";
import { RangeResults } from "./rangeResults.ts";
import type { WriteGuard } from "./writeGuard.ts";

export interface PrivateDataDeps {
  readonly store: LedgerStore;
  readonly snapshot: StateSnapshot;
  readonly definitions: ChaincodeDefinitions;
  readonly guard: WriteGuard;
  readonly readWriteSet: ReadWriteSet;
}

export interface CollectionId {
  readonly namespace: string;
  readonly name: string;
}

/** What a simulation does in collections. Fabric: core/ledger/kvledger/txmgmt/txmgr/query_executor.go and tx_simulator.go. */
export class PrivateData {
  readonly #mspId: string;
  readonly #deps: PrivateDataDeps;
  readonly #read = new Map<Collection, CollectionId>();
  readonly #written = new Map<Collection, CollectionId>();

  constructor(mspId: string, deps: PrivateDataDeps) {
    this.#mspId = mspId;
    this.#deps = deps;
  }

  /** Whose values were read: only their members can endorse that. */
  get collectionsRead(): readonly CollectionId[] {
    return [...this.#read.values()];
  }

  get collectionsWritten(): readonly CollectionId[] {
    return [...this.#written.values()];
  }

  /** @throws Error with Fabric's text, also where this member lacks a value that others have */
  get(id: CollectionId, key: string): Uint8Array {
    const collection = this.#collection(id);
    const { store, snapshot } = this.#deps;
    const isHere = collection.hasMember(this.#mspId);
    const found = isHere ? store.getState(privateNamespace(id), key, snapshot) : undefined;
    const hashVersion = this.#hash(id, key)?.version;
    if (!sameVersion(hashVersion, found?.version)) {
      throw new Error(
        `private data matching public hash version is not available. ` +
          `Public hash version = ${text(hashVersion)}, Private data version = ${text(found?.version)}`,
      );
    }
    this.#set(id).addRead(key, found?.version);
    this.#read.set(collection, id);
    return found?.value ?? new Uint8Array();
  }

  /** Every member has the hashes. @throws Error with Fabric's text */
  getHash(id: CollectionId, key: string): Uint8Array {
    this.#collection(id);
    const found = this.#hash(id, key);
    this.#set(id).addRead(key, found?.version);
    return found?.value ?? new Uint8Array();
  }

  /** An empty value deletes. @throws Error with Fabric's text */
  put(id: CollectionId, key: string, value: Uint8Array): void {
    this.#beginWrite(id);
    this.#set(id).addWrite(key, value);
  }

  /** @throws Error with Fabric's text */
  purge(id: CollectionId, key: string): void {
    this.#beginWrite(id);
    this.#set(id).addPurge(key);
  }

  /** What this member has; not recorded, so nothing may be written beside it. @throws Error with Fabric's text */
  range(id: CollectionId, start: string, end: string): RangeResults {
    this.#deps.guard.beginPrivateQuery();
    const isHere = this.#collection(id).hasMember(this.#mspId);
    const { store, snapshot } = this.#deps;
    const namespace = isHere ? privateNamespace(id) : ""; // nobody writes in the one without a name
    return new RangeResults(id.namespace, store.rangeState(namespace, start, end, snapshot));
  }

  #beginWrite(id: CollectionId): void {
    const collection = this.#collection(id);
    this.#deps.guard.beginWrite();
    this.#written.set(collection, id);
  }

  #collection({ namespace, name }: CollectionId): Collection {
    const collection = this.#deps.definitions.collection(namespace, name);
    if (collection !== undefined) return collection;
    throw new Error(`collection [${name}] not defined in the collection config for chaincode [${namespace}]`);
  }

  #hash(id: CollectionId, key: string): ReturnType<LedgerStore["getState"]> {
    const { store, snapshot } = this.#deps;
    return store.getState(hashedNamespace(id), keyOfHash(keyHashOf(key)), snapshot);
  }

  #set({ namespace, name }: CollectionId): ReturnType<ReadWriteSet["collection"]> {
    return this.#deps.readWriteSet.collection(namespace, name);
  }
}

/** Go's version.Height as Fabric prints it. */
function text(version: Version | undefined): string {
  return version === undefined ? "<nil>" : `{BlockNum: ${version.block}, TxNum: ${version.transaction}}`;
}
