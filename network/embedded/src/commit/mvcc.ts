import { peer } from "@hyperledger/fabric-protos";
import { sameVersion, type Version } from "../store/layout.ts";
import type { StateWrite } from "../store/ledgerStore.ts";
import type { KvSet } from "./transactionParts.ts";
import type { ValidatedTransaction } from "./transactionValidator.ts";

const Code = peer.TxValidationCode;

export interface BlockResult {
  readonly transactions: readonly { readonly txId: string; readonly code: number }[];
  readonly writes: readonly StateWrite[];
}

/**
 * Walks a block in order: a transaction whose reads are no longer what they were gets MVCC_READ_CONFLICT, whether the
 * change is committed or earlier in this block. Fabric: core/ledger/kvledger/txmgmt/validation.
 */
export function applyInOrder(
  block: number,
  namespace: string,
  transactions: readonly ValidatedTransaction[],
  committedVersion: (key: string) => Version | undefined,
): BlockResult {
  const updates = new Map<string, StateWrite>();
  const results = transactions.map(({ txId, code, kvSet }, index) => {
    if (kvSet === undefined) return { txId, code };
    if (!readsHold(kvSet, updates, committedVersion)) return { txId, code: Code.MVCC_READ_CONFLICT };
    collectWrites(kvSet, namespace, { block, transaction: index }, updates);
    return { txId, code };
  });
  return { transactions: results, writes: [...updates.values()] };
}

function readsHold(
  kvSet: KvSet,
  updates: ReadonlyMap<string, StateWrite>,
  committedVersion: (key: string) => Version | undefined,
): boolean {
  return kvSet.getReadsList().every((read) => {
    if (updates.has(read.getKey())) return false;
    const version = read.getVersion();
    const then = version && { block: version.getBlockNum(), transaction: version.getTxNum() };
    return sameVersion(then, committedVersion(read.getKey()));
  });
}

function collectWrites(
  kvSet: KvSet,
  namespace: string,
  version: Version,
  updates: Map<string, StateWrite>,
): void {
  for (const write of kvSet.getWritesList()) {
    const key = write.getKey();
    const isDelete = write.getIsDelete() || write.getValue_asU8().length === 0;
    updates.set(key, { namespace, key, version, value: isDelete ? undefined : write.getValue_asU8() });
  }
}
