import { ledger } from "@hyperledger/fabric-protos";
import type { DecodedCollection } from "../rwset/decodedReadWriteSet.ts";
import { keyHashOf, keyOfHash } from "../rwset/keyHash.ts";
import { type KvWrite, writtenValue } from "../rwset/kvWrite.ts";
import { privateNamespace, type Version } from "../store/layout.ts";
import { decode } from "../wire/decode.ts";
import { bytesEqual, sha256 } from "../wire/hash.ts";
import type { CommittedState } from "./mvcc.ts";
import type { UpdateBatch } from "./updateBatch.ts";

/** A collection's part of a valid transaction. */
export interface CollectionWrites {
  readonly namespace: string;
  readonly collection: DecodedCollection;
  readonly version: Version;
}

/**
 * Adds the values that belong to the hashes of a transaction. Where none were kept, the hashes stand alone, as in Fabric.
 * Fabric: core/ledger/kvledger/txmgmt/validation/batch_preparer.go, validateAndPreparePvtBatch.
 * @param kept TxPvtReadWriteSets of the transaction, of which none need be the endorsed one
 */
export async function addPrivateValues(
  { namespace, collection, version }: CollectionWrites,
  kept: readonly Uint8Array[],
  updates: UpdateBatch,
  state: CommittedState,
): Promise<void> {
  const privateSpace = privateNamespace({ namespace, name: collection.name });
  const writes = endorsedWrites(namespace, collection, kept);
  for (const write of writes) updates.put(privateSpace, write.getKey(), version, writtenValue(write));
  if (writes.length === 0) await purgeByHash(privateSpace, collection, version, updates, state);
}

function endorsedWrites(
  namespace: string,
  { name, privateHash }: DecodedCollection,
  kept: readonly Uint8Array[],
): readonly KvWrite[] {
  const rwset = kept
    .flatMap((bytes) =>
      decode(ledger.rwset.TxPvtReadWriteSet, "TxPvtReadWriteSet", bytes).getNsPvtRwsetList(),
    )
    .filter((set) => set.getNamespace() === namespace)
    .flatMap((set) => set.getCollectionPvtRwsetList())
    .filter((set) => set.getCollectionName() === name)
    .map((set) => set.getRwset_asU8())
    .find((bytes) => bytesEqual(sha256(bytes), privateHash));
  return rwset === undefined ? [] : decode(ledger.rwset.kvrwset.KVRWSet, "KVRWSet", rwset).getWritesList();
}

/** A purge must not leave a value behind, even where only its hashes came. */
async function purgeByHash(
  privateSpace: string,
  { hashedSet }: DecodedCollection,
  version: Version,
  updates: UpdateBatch,
  state: CommittedState,
): Promise<void> {
  const purges = hashedSet.getHashedWritesList().filter((write) => write.getIsPurge());
  const purged = new Set(purges.map((write) => keyOfHash(write.getKeyHash_asU8())));
  if (purged.size === 0) return;
  const keys = updates.range(privateSpace, "", "").map(({ key }) => key);
  for await (const { key } of state.rangeState(privateSpace, "", "")) keys.push(key);
  for (const key of keys) {
    if (purged.has(keyOfHash(keyHashOf(key)))) updates.put(privateSpace, key, version, undefined);
  }
}
