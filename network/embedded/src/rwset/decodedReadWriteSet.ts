import { ledger } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import type { RangeQueryInfo } from "./rangeReads.ts";

const { HashedRWSet, KVRWSet } = ledger.rwset.kvrwset;

export type KvSet = InstanceType<typeof KVRWSet>;
export type HashedSet = InstanceType<typeof HashedRWSet>;

export interface DecodedCollection {
  readonly name: string;
  readonly hashedSet: HashedSet;
  /** Of the values that members keep; empty when nothing is written. */
  readonly privateHash: Uint8Array;
}

/** What an endorsed transaction read and writes in one namespace. */
export interface DecodedNamespace {
  readonly namespace: string;
  readonly kvSet: KvSet;
  readonly collections: readonly DecodedCollection[];
}

/**
 * Fabric: core/ledger/kvledger/txmgmt/rwsetutil/rwset_proto_util.go.
 * @throws Error when it holds anything that this ledger doesn't validate: that must not pass unseen
 */
export function decodeReadWriteSet(results: Uint8Array): DecodedNamespace[] {
  const txSet = decode(ledger.rwset.TxReadWriteSet, "TxReadWriteSet", results);
  return txSet.getNsRwsetList().map((namespaceSet) => {
    const kvSet = decode(KVRWSet, "KVRWSet", namespaceSet.getRwset_asU8());
    refuseMetadata(kvSet);
    kvSet.getRangeQueriesInfoList().forEach(requireUsable);
    const collections = namespaceSet.getCollectionHashedRwsetList().map(decodeCollection);
    return { namespace: namespaceSet.getNamespace(), kvSet, collections };
  });
}

export function hasWrites({ kvSet, collections }: DecodedNamespace): boolean {
  return (
    kvSet.getWritesList().length > 0 ||
    collections.some(({ hashedSet }) => hashedSet.getHashedWritesList().length > 0)
  );
}

export function hasPrivateWrites({ collections }: DecodedNamespace): boolean {
  return collections.some(({ privateHash }) => privateHash.length > 0);
}

type CollectionMessage = InstanceType<typeof ledger.rwset.CollectionHashedReadWriteSet>;

function decodeCollection(collection: CollectionMessage): DecodedCollection {
  const hashedSet = decode(HashedRWSet, "HashedRWSet", collection.getHashedRwset_asU8());
  refuseMetadata(hashedSet);
  return {
    name: collection.getCollectionName(),
    hashedSet,
    privateHash: collection.getPvtRwsetHash_asU8(),
  };
}

function refuseMetadata(set: { getMetadataWritesList(): readonly unknown[] }): void {
  if (set.getMetadataWritesList().length > 0) throw new Error("key metadata is not supported");
}

/** Fabric stops its committer at such a tree; a transaction that brings one is not worth that. */
function requireUsable(info: RangeQueryInfo): void {
  const degree = info.getReadsMerkleHashes()?.getMaxDegree() ?? 2;
  if (degree < 2) throw new Error(`maxDegree [${degree}] should not be less than 2 in the merkle tree`);
}
