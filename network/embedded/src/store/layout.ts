/** Keys and values of the level store; the README has the table. */

export interface Version {
  readonly block: number;
  readonly transaction: number;
}

export interface VersionedValue {
  readonly version: Version;
  readonly value: Uint8Array;
}

export interface TransactionEntry {
  readonly block: number;
  readonly index: number;
  readonly code: number;
}

export const tipKey = Buffer.from("m/tip");
export const versionKey = Buffer.from("m/version");

export function blockKey(number: number): Buffer {
  const key = Buffer.alloc(10);
  key.write("b/", "latin1");
  key.writeBigUInt64BE(BigInt(number), 2);
  return key;
}

export function transactionKey(txId: string): Buffer {
  return Buffer.from(`t/${txId}`);
}

export function blockHashKey(hash: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("h/"), hash]);
}

/** Where a collection's values are, under their keys. Fabric: core/ledger/kvledger/txmgmt/privacyenabledstate/db.go. */
export function privateNamespace({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}$$p${name}`;
}

/** Where the hashes of a collection's values are, under the hexadecimal hashes of their keys. */
export function hashedNamespace({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}$$h${name}`;
}

/** Ordered by the bytes of the UTF-8 key, as in Fabric. */
export function stateKey(namespace: string, key: string): Buffer {
  return Buffer.from(`s/${namespace}\0${key}`);
}

/** Past the last key of a namespace. */
export function stateEnd(namespace: string): Buffer {
  return Buffer.from(`s/${namespace}\x01`);
}

export function keyOfState(namespace: string, stored: Buffer): string {
  return stored.subarray(Buffer.byteLength(namespace) + 3).toString("utf8");
}

/** The key's length comes before it, so that no key's history begins with another's. */
export function historyPrefix(namespace: string, key: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(key));
  return Buffer.concat([Buffer.from(`y/${namespace}\0`), length, Buffer.from(key)]);
}

export function historyKey(namespace: string, key: string, version: Version): Buffer {
  return Buffer.concat([historyPrefix(namespace, key), encodeVersion(version)]);
}

export function versionOfHistory(stored: Buffer): Version {
  return decodeVersion(stored.subarray(stored.length - versionBytes));
}

const versionBytes = 12;

/** Ordered as blocks and the transactions within them. */
function encodeVersion(version: Version): Buffer {
  const encoded = Buffer.alloc(versionBytes);
  encoded.writeBigUInt64BE(BigInt(version.block), 0);
  encoded.writeUInt32BE(version.transaction, 8);
  return encoded;
}

function decodeVersion(encoded: Buffer): Version {
  return { block: Number(encoded.readBigUInt64BE(0)), transaction: encoded.readUInt32BE(8) };
}

export function encodeState(version: Version, value: Uint8Array): Buffer {
  return Buffer.concat([encodeVersion(version), value]);
}

export function decodeState(encoded: Buffer): VersionedValue {
  return { version: decodeVersion(encoded), value: encoded.subarray(versionBytes) };
}

export function encodeTransactionEntry(entry: TransactionEntry): Buffer {
  const encoded = Buffer.alloc(13);
  encoded.writeBigUInt64BE(BigInt(entry.block), 0);
  encoded.writeUInt32BE(entry.index, 8);
  encoded.writeUInt8(entry.code, 12);
  return encoded;
}

export function decodeTransactionEntry(encoded: Buffer): TransactionEntry {
  return {
    block: Number(encoded.readBigUInt64BE(0)),
    index: encoded.readUInt32BE(8),
    code: encoded.readUInt8(12),
  };
}

export interface Tip {
  readonly height: number;
  /** Number of the last block that carried a configuration. */
  readonly lastConfig: number;
  /** Hash of the last block's header. */
  readonly hash: Uint8Array;
}

export function encodeTip(tip: Tip): Buffer {
  const encoded = Buffer.alloc(16 + tip.hash.length);
  encoded.writeBigUInt64BE(BigInt(tip.height), 0);
  encoded.writeBigUInt64BE(BigInt(tip.lastConfig), 8);
  encoded.set(tip.hash, 16);
  return encoded;
}

export function decodeTip(encoded: Buffer): Tip {
  return {
    height: Number(encoded.readBigUInt64BE(0)),
    lastConfig: Number(encoded.readBigUInt64BE(8)),
    hash: encoded.subarray(16),
  };
}

export function sameVersion(a: Version | undefined, b: Version | undefined): boolean {
  return a?.block === b?.block && a?.transaction === b?.transaction;
}
