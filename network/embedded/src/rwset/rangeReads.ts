import { ledger } from "@hyperledger/fabric-protos";
import { bytesEqual, sha256 } from "../wire/hash.ts";
import type { Version } from "../store/layout.ts";
import { type KvRead, readOf } from "./kvRead.ts";
import { MerkleTree } from "./merkleTree.ts";

const { QueryReads, QueryReadsMerkleSummary } = ledger.rwset.kvrwset;

export type RangeQueryInfo = InstanceType<typeof ledger.rwset.kvrwset.RangeQueryInfo>;
export type MerkleSummary = InstanceType<typeof QueryReadsMerkleSummary>;

/** Fabric's maxDegreeQueryReadsHashing: that many results are listed, more of them hashed. */
const maxDegree = 50;

/** What a range query read, in order. Fabric: core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go. */
export class RangeReads {
  readonly #maxDegree: number;
  readonly #tree: MerkleTree;
  #pending: KvRead[] = [];

  constructor(degree = maxDegree) {
    this.#maxDegree = degree;
    this.#tree = new MerkleTree(degree);
  }

  add(key: string, version: Version): void {
    this.#pending.push(readOf(key, version));
    if (this.#pending.length > this.#maxDegree) this.#hashPending();
  }

  /** Writes them into a query's record. Call it last and once. */
  describeIn(info: RangeQueryInfo): void {
    const summary = this.summary();
    if (summary !== undefined) info.setReadsMerkleHashes(summary);
    else if (this.#pending.length > 0) info.setRawReads(queryReads(this.#pending));
  }

  /** Undefined while they are few enough to be listed. Call it last and once. */
  summary(): MerkleSummary | undefined {
    if (this.#tree.isEmpty) return undefined;
    if (this.#pending.length > 0) this.#hashPending();
    const { level, hashes } = this.#tree.summary();
    const summary = new QueryReadsMerkleSummary();
    summary.setMaxDegree(this.#maxDegree);
    summary.setMaxLevel(level);
    summary.setMaxLevelHashesList([...hashes]);
    return summary;
  }

  #hashPending(): void {
    this.#tree.add(sha256(queryReads(this.#pending).serializeBinary()));
    this.#pending = [];
  }
}

export function sameSummary(a: MerkleSummary, b: MerkleSummary): boolean {
  const hashes = b.getMaxLevelHashesList_asU8();
  return (
    a.getMaxDegree() === b.getMaxDegree() &&
    a.getMaxLevel() === b.getMaxLevel() &&
    a.getMaxLevelHashesList().length === hashes.length &&
    a.getMaxLevelHashesList_asU8().every((hash, i) => bytesEqual(hash, hashes[i] ?? new Uint8Array()))
  );
}

function queryReads(reads: readonly KvRead[]): InstanceType<typeof QueryReads> {
  const message = new QueryReads();
  message.setKvReadsList([...reads]);
  return message;
}
