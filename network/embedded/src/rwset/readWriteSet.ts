import { ledger } from "@hyperledger/fabric-protos";
import type { Version } from "../store/layout.ts";
import { CollectionSet } from "./collectionSet.ts";
import { inByteOrder, readOf } from "./kvRead.ts";
import { writeOf } from "./kvWrite.ts";
import type { RangeRecord } from "./rangeRecord.ts";

/** What was read and would be written in one namespace. */
interface NamespaceSet {
  readonly reads: Map<string, Version | undefined>;
  readonly writes: Map<string, Uint8Array>;
  readonly ranges: RangeRecord[];
  readonly collections: Map<string, CollectionSet>;
}

export interface EncodedReadWriteSet {
  /** TxReadWriteSet: what goes into the block. */
  readonly results: Uint8Array;
  /** TxPvtReadWriteSet: values for the members of collections; undefined without any. */
  readonly privateResults: Uint8Array | undefined;
}

/** What a simulation read (with versions) and would write. Fabric: core/ledger/kvledger/txmgmt/rwsetutil/rwset_builder.go. */
export class ReadWriteSet {
  readonly #namespaces = new Map<string, NamespaceSet>();

  addRead(namespace: string, key: string, version: Version | undefined): void {
    this.#at(namespace).reads.set(key, version);
  }

  /** An empty value deletes, as in Fabric. */
  addWrite(namespace: string, key: string, value: Uint8Array): void {
    this.#at(namespace).writes.set(key, value);
  }

  /** May go on being read until the set is encoded. */
  addRange(namespace: string, range: RangeRecord): void {
    this.#at(namespace).ranges.push(range);
  }

  collection(namespace: string, name: string): CollectionSet {
    const { collections } = this.#at(namespace);
    const set = collections.get(name) ?? new CollectionSet(name);
    collections.set(name, set);
    return set;
  }

  /** Names and keys in byte order so that every member produces the same. Call it last and once. */
  encode(): EncodedReadWriteSet {
    const results = new ledger.rwset.TxReadWriteSet();
    const privateResults = new ledger.rwset.TxPvtReadWriteSet();
    for (const namespace of inByteOrder(this.#namespaces.keys())) {
      const set = this.#at(namespace);
      results.addNsRwset(namespaceSetOf(namespace, set));
      const privateSet = privateSetOf(namespace, set);
      if (privateSet.getCollectionPvtRwsetList().length > 0) privateResults.addNsPvtRwset(privateSet);
    }
    const isPrivate = privateResults.getNsPvtRwsetList().length > 0;
    return {
      results: results.serializeBinary(),
      privateResults: isPrivate ? privateResults.serializeBinary() : undefined,
    };
  }

  #at(namespace: string): NamespaceSet {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    const created = { reads: new Map(), writes: new Map(), ranges: [], collections: new Map() };
    this.#namespaces.set(namespace, created);
    return created;
  }
}

function namespaceSetOf(
  namespace: string,
  set: NamespaceSet,
): InstanceType<typeof ledger.rwset.NsReadWriteSet> {
  const namespaceSet = new ledger.rwset.NsReadWriteSet();
  namespaceSet.setNamespace(namespace);
  namespaceSet.setRwset(encodeKvSet(set));
  for (const collection of inOrder(set.collections)) {
    namespaceSet.addCollectionHashedRwset(collection.hashed());
  }
  return namespaceSet;
}

function privateSetOf(
  namespace: string,
  { collections }: NamespaceSet,
): InstanceType<typeof ledger.rwset.NsPvtReadWriteSet> {
  const privateSet = new ledger.rwset.NsPvtReadWriteSet();
  privateSet.setNamespace(namespace);
  for (const collection of inOrder(collections)) {
    if (collection.hasWrites) privateSet.addCollectionPvtRwset(collection.private());
  }
  return privateSet;
}

function encodeKvSet({ reads, writes, ranges }: NamespaceSet): Uint8Array {
  const kvSet = new ledger.rwset.kvrwset.KVRWSet();
  for (const key of inByteOrder(reads.keys())) kvSet.addReads(readOf(key, reads.get(key)));
  for (const key of inByteOrder(writes.keys())) {
    kvSet.addWrites(writeOf(key, writes.get(key) ?? new Uint8Array()));
  }
  const queries = new Set<string>();
  for (const range of ranges) {
    // As in Fabric, the first of several queries of one range counts: they all read the same state.
    if (queries.has(range.identity)) continue;
    queries.add(range.identity);
    kvSet.addRangeQueriesInfo(range.info());
  }
  return kvSet.serializeBinary();
}

function inOrder(collections: ReadonlyMap<string, CollectionSet>): CollectionSet[] {
  return inByteOrder(collections.keys()).flatMap((name) => collections.get(name) ?? []);
}
