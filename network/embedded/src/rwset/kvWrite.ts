import { ledger } from "@hyperledger/fabric-protos";

const { KVWrite } = ledger.rwset.kvrwset;

export type KvWrite = InstanceType<typeof KVWrite>;

/** An empty value deletes, as in Fabric. */
export function writeOf(key: string, value: Uint8Array): KvWrite {
  const write = new KVWrite();
  write.setKey(key);
  write.setIsDelete(value.length === 0);
  write.setValue(value);
  return write;
}

/** Undefined deletes. */
export function writtenValue(write: KvWrite): Uint8Array | undefined {
  const value = write.getValue_asU8();
  return write.getIsDelete() || value.length === 0 ? undefined : value;
}
