import { ledger } from "@hyperledger/fabric-protos";
import type { Version } from "../store/layout.ts";

const { KVRead, KVRWSet, KVWrite, Version: VersionMessage } = ledger.rwset.kvrwset;

/** What a simulation read (with versions) and would write. */
export interface ReadWriteSet {
  readonly reads: ReadonlyMap<string, Version | undefined>;
  /** An empty value deletes, as in Fabric. */
  readonly writes: ReadonlyMap<string, Uint8Array>;
}

/** TxReadWriteSet bytes; keys in byte order so that every member produces the same. */
export function encodeReadWriteSet(namespace: string, set: ReadWriteSet): Uint8Array {
  const txSet = new ledger.rwset.TxReadWriteSet();
  if (set.reads.size > 0 || set.writes.size > 0) {
    const kvSet = new KVRWSet();
    for (const key of inByteOrder(set.reads)) kvSet.addReads(readOf(key, set.reads.get(key)));
    for (const key of inByteOrder(set.writes))
      kvSet.addWrites(writeOf(key, set.writes.get(key) ?? new Uint8Array()));
    const namespaceSet = new ledger.rwset.NsReadWriteSet();
    namespaceSet.setNamespace(namespace);
    namespaceSet.setRwset(kvSet.serializeBinary());
    txSet.addNsRwset(namespaceSet);
  }
  return txSet.serializeBinary();
}

function inByteOrder(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function readOf(key: string, version: Version | undefined): InstanceType<typeof KVRead> {
  const read = new KVRead();
  read.setKey(key);
  if (version !== undefined) {
    const message = new VersionMessage();
    message.setBlockNum(version.block);
    message.setTxNum(version.transaction);
    read.setVersion(message);
  }
  return read;
}

function writeOf(key: string, value: Uint8Array): InstanceType<typeof KVWrite> {
  const write = new KVWrite();
  write.setKey(key);
  write.setIsDelete(value.length === 0);
  write.setValue(value);
  return write;
}
