import { ledger } from "@hyperledger/fabric-protos";
import type { Version } from "../store/layout.ts";
import { inByteOrder, readOf } from "./kvRead.ts";
import type { RangeRecord } from "./rangeRecord.ts";

const { KVRWSet, KVWrite } = ledger.rwset.kvrwset;

/** What was read and would be written in one namespace. */
interface NamespaceSet {
  readonly reads: Map<string, Version | undefined>;
  readonly writes: Map<string, Uint8Array>;
  readonly ranges: RangeRecord[];
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

  /** TxReadWriteSet bytes; names and keys in byte order so that every member produces the same. Call it last and once. */
  encode(): Uint8Array {
    const txSet = new ledger.rwset.TxReadWriteSet();
    for (const namespace of inByteOrder(this.#namespaces.keys())) {
      const namespaceSet = new ledger.rwset.NsReadWriteSet();
      namespaceSet.setNamespace(namespace);
      namespaceSet.setRwset(encodeKvSet(this.#at(namespace)));
      txSet.addNsRwset(namespaceSet);
    }
    return txSet.serializeBinary();
  }

  #at(namespace: string): NamespaceSet {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    const created: NamespaceSet = { reads: new Map(), writes: new Map(), ranges: [] };
    this.#namespaces.set(namespace, created);
    return created;
  }
}

function encodeKvSet({ reads, writes, ranges }: NamespaceSet): Uint8Array {
  const kvSet = new KVRWSet();
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

function writeOf(key: string, value: Uint8Array): InstanceType<typeof KVWrite> {
  const write = new KVWrite();
  write.setKey(key);
  write.setIsDelete(value.length === 0);
  write.setValue(value);
  return write;
}
