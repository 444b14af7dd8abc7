import { peer } from "@hyperledger/fabric-protos";
import type { DecodedNamespace } from "../rwset/decodedReadWriteSet.ts";
import { versionIn } from "../rwset/kvRead.ts";
import { keyOfHash, writtenHash } from "../rwset/keyHash.ts";
import { writtenValue } from "../rwset/kvWrite.ts";
import { hashedNamespace, sameVersion, type Version, type VersionedValue } from "../store/layout.ts";
import type { StateEntry } from "../store/ledgerStore.ts";
import { rangeHolds } from "./phantom.ts";
import type { ValidatedTransaction } from "./transactionValidator.ts";
import { UpdateBatch } from "./updateBatch.ts";

const Code = peer.TxValidationCode;

/** The state as of the last block. */
export interface CommittedState {
  getState(namespace: string, key: string): VersionedValue | undefined;
  rangeState(namespace: string, start: string, end: string): AsyncIterable<StateEntry>;
}

export interface BlockResult {
  readonly transactions: readonly { readonly txId: string; readonly code: number }[];
  /** What the valid ones wrote, hashes of private values included. */
  readonly updates: UpdateBatch;
}

/**
 * Walks a block in order: a transaction whose reads are no longer what they were gets MVCC_READ_CONFLICT, one whose
 * ranges hold other keys PHANTOM_READ_CONFLICT, whether the change is committed or earlier in this block.
 * Fabric: core/ledger/kvledger/txmgmt/validation/validator.go.
 */
export async function applyInOrder(
  block: number,
  transactions: readonly ValidatedTransaction[],
  state: CommittedState,
): Promise<BlockResult> {
  const updates = new UpdateBatch();
  const results: { txId: string; code: number }[] = [];
  for (const [index, { txId, code: before, readWriteSet }] of transactions.entries()) {
    const code = before === Code.VALID ? await stateCode(readWriteSet, updates, state) : before;
    if (code === Code.VALID) collectWrites(readWriteSet, { block, transaction: index }, updates);
    results.push({ txId, code });
  }
  return { transactions: results, updates };
}

async function stateCode(
  readWriteSet: readonly DecodedNamespace[],
  updates: UpdateBatch,
  state: CommittedState,
): Promise<number> {
  for (const read of readWriteSet) {
    if (!readsHold(read, updates, state)) return Code.MVCC_READ_CONFLICT;
    for (const range of read.kvSet.getRangeQueriesInfoList()) {
      if (!(await rangeHolds(read.namespace, range, updates, state))) return Code.PHANTOM_READ_CONFLICT;
    }
    if (!hashedReadsHold(read, updates, state)) return Code.MVCC_READ_CONFLICT;
  }
  return Code.VALID;
}

function readsHold(
  { namespace, kvSet }: DecodedNamespace,
  updates: UpdateBatch,
  state: CommittedState,
): boolean {
  return kvSet
    .getReadsList()
    .every((read) => isUnchanged(namespace, read.getKey(), versionIn(read), updates, state));
}

function hashedReadsHold(
  { namespace, collections }: DecodedNamespace,
  updates: UpdateBatch,
  state: CommittedState,
): boolean {
  return collections.every(({ name, hashedSet }) =>
    hashedSet.getHashedReadsList().every((read) => {
      const key = keyOfHash(read.getKeyHash_asU8());
      return isUnchanged(hashedNamespace({ namespace, name }), key, versionIn(read), updates, state);
    }),
  );
}

function isUnchanged(
  namespace: string,
  key: string,
  version: Version | undefined,
  updates: UpdateBatch,
  state: CommittedState,
): boolean {
  if (updates.get(namespace, key) !== undefined) return false;
  return sameVersion(version, state.getState(namespace, key)?.version);
}

function collectWrites(
  readWriteSet: readonly DecodedNamespace[],
  version: Version,
  updates: UpdateBatch,
): void {
  for (const { namespace, kvSet, collections } of readWriteSet) {
    for (const write of kvSet.getWritesList()) {
      updates.put(namespace, write.getKey(), version, writtenValue(write));
    }
    for (const { name, hashedSet } of collections) {
      const hashed = hashedNamespace({ namespace, name });
      for (const write of hashedSet.getHashedWritesList()) {
        updates.put(hashed, keyOfHash(write.getKeyHash_asU8()), version, writtenHash(write));
      }
    }
  }
}
