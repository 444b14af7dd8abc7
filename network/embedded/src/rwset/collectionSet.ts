import { ledger } from "@hyperledger/fabric-protos";
import type { Version } from "../store/layout.ts";
import { sha256 } from "../wire/hash.ts";
import { keyHashOf } from "./keyHash.ts";
import { inByteOrder, versionMessage } from "./kvRead.ts";
import { writeOf } from "./kvWrite.ts";

const { HashedRWSet, KVReadHash, KVRWSet, KVWriteHash } = ledger.rwset.kvrwset;
const { CollectionHashedReadWriteSet, CollectionPvtReadWriteSet } = ledger.rwset;

interface PrivateWrite {
  readonly value: Uint8Array;
  readonly isPurge: boolean;
}

/** What was read and would be written in one collection: hashes for the block, values for its members. */
export class CollectionSet {
  readonly #name: string;
  readonly #reads = new Map<string, Version | undefined>();
  readonly #writes = new Map<string, PrivateWrite>();

  constructor(name: string) {
    this.#name = name;
  }

  get hasWrites(): boolean {
    return this.#writes.size > 0;
  }

  addRead(key: string, version: Version | undefined): void {
    this.#reads.set(key, version);
  }

  /** An empty value deletes. */
  addWrite(key: string, value: Uint8Array): void {
    this.#writes.set(key, { value, isPurge: false });
  }

  addPurge(key: string): void {
    this.#writes.set(key, { value: new Uint8Array(), isPurge: true });
  }

  /** What goes into the block. */
  hashed(): InstanceType<typeof CollectionHashedReadWriteSet> {
    const hashedSet = new HashedRWSet();
    for (const key of inByteOrder(this.#reads.keys())) {
      hashedSet.addHashedReads(readHashOf(key, this.#reads.get(key)));
    }
    for (const [key, write] of this.#inOrder()) hashedSet.addHashedWrites(writeHashOf(key, write));
    const set = new CollectionHashedReadWriteSet();
    set.setCollectionName(this.#name);
    set.setHashedRwset(hashedSet.serializeBinary());
    if (this.hasWrites) set.setPvtRwsetHash(sha256(this.#values()));
    return set;
  }

  /** What only members keep. */
  private(): InstanceType<typeof CollectionPvtReadWriteSet> {
    const set = new CollectionPvtReadWriteSet();
    set.setCollectionName(this.#name);
    set.setRwset(this.#values());
    return set;
  }

  #values(): Uint8Array {
    const kvSet = new KVRWSet();
    for (const [key, { value }] of this.#inOrder()) kvSet.addWrites(writeOf(key, value));
    return kvSet.serializeBinary();
  }

  #inOrder(): [string, PrivateWrite][] {
    return inByteOrder(this.#writes.keys()).flatMap((key) => {
      const write = this.#writes.get(key);
      return write === undefined ? [] : [[key, write]];
    });
  }
}

function readHashOf(key: string, version: Version | undefined): InstanceType<typeof KVReadHash> {
  const read = new KVReadHash();
  read.setKeyHash(keyHashOf(key));
  if (version !== undefined) read.setVersion(versionMessage(version));
  return read;
}

function writeHashOf(key: string, { value, isPurge }: PrivateWrite): InstanceType<typeof KVWriteHash> {
  const write = new KVWriteHash();
  write.setKeyHash(keyHashOf(key));
  write.setIsDelete(value.length === 0);
  if (value.length > 0) write.setValueHash(sha256(value));
  write.setIsPurge(isPurge);
  return write;
}
