import { ledger } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import type { RangeQueryInfo } from "./rangeReads.ts";

const { KVRWSet } = ledger.rwset.kvrwset;

export type KvSet = InstanceType<typeof KVRWSet>;

/** What an endorsed transaction read and writes in one namespace. */
export interface DecodedNamespace {
  readonly namespace: string;
  readonly kvSet: KvSet;
}

/**
 * Fabric: core/ledger/kvledger/txmgmt/rwsetutil/rwset_proto_util.go.
 * @throws Error when it holds anything that this ledger doesn't validate: that must not pass unseen
 */
export function decodeReadWriteSet(results: Uint8Array): DecodedNamespace[] {
  const txSet = decode(ledger.rwset.TxReadWriteSet, "TxReadWriteSet", results);
  return txSet.getNsRwsetList().map((namespaceSet) => {
    if (namespaceSet.getCollectionHashedRwsetList().length > 0)
      throw new Error("private data is not supported");
    const kvSet = decode(KVRWSet, "KVRWSet", namespaceSet.getRwset_asU8());
    if (kvSet.getMetadataWritesList().length > 0) throw new Error("key metadata is not supported");
    kvSet.getRangeQueriesInfoList().forEach(requireUsable);
    return { namespace: namespaceSet.getNamespace(), kvSet };
  });
}

/** Fabric stops its committer at such a tree; a transaction that brings one is not worth that. */
function requireUsable(info: RangeQueryInfo): void {
  const degree = info.getReadsMerkleHashes()?.getMaxDegree() ?? 2;
  if (degree < 2) throw new Error(`maxDegree [${degree}] should not be less than 2 in the merkle tree`);
}
