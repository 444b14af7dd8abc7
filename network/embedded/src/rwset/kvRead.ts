import { ledger } from "@hyperledger/fabric-protos";
import type { Version } from "../store/layout.ts";

const { kvrwset } = ledger.rwset;

export type KvRead = InstanceType<typeof kvrwset.KVRead>;
export type VersionMessage = InstanceType<typeof kvrwset.Version>;

/** The version is undefined of what was not there. */
export function readOf(key: string, version: Version | undefined): KvRead {
  const read = new kvrwset.KVRead();
  read.setKey(key);
  if (version !== undefined) read.setVersion(versionMessage(version));
  return read;
}

export function versionMessage({ block, transaction }: Version): VersionMessage {
  const message = new kvrwset.Version();
  message.setBlockNum(block);
  message.setTxNum(transaction);
  return message;
}

export function versionIn(read: { getVersion(): VersionMessage | undefined }): Version | undefined {
  const version = read.getVersion();
  return version && { block: version.getBlockNum(), transaction: version.getTxNum() };
}

/** As Go and LevelDB compare strings; JavaScript's code units sort some of them otherwise. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function inByteOrder(keys: Iterable<string>): string[] {
  return [...keys].sort(compareKeys);
}
