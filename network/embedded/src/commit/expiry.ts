import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import { keyHashOf, keyOfHash } from "../rwset/keyHash.ts";
import type { Expiry } from "../store/expirySchedule.ts";
import { hashedNamespace, privateNamespace } from "../store/layout.ts";
import type { CommittedState } from "./mvcc.ts";
import type { CollectionWrites } from "./privateValues.ts";
import type { UpdateBatch } from "./updateBatch.ts";

/**
 * Removes what is due at a block, unless it was written again since.
 * Fabric: core/ledger/kvledger/txmgmt/pvtstatepurgemgmt/purge_mgr.go.
 */
export function removeExpired(
  due: readonly Expiry[],
  block: number,
  updates: UpdateBatch,
  state: CommittedState,
): void {
  const remove = (namespace: string, key: string, writtenIn: number): void => {
    const isOld = state.getState(namespace, key)?.version.block === writtenIn;
    if (!isOld || updates.get(namespace, key) !== undefined) return;
    updates.put(namespace, key, { block, transaction: 0 }, undefined);
  };
  for (const { namespace, collection: name, keyHash, key, writtenIn } of due) {
    remove(hashedNamespace({ namespace, name }), keyOfHash(keyHash), writtenIn);
    if (key !== "") remove(privateNamespace({ namespace, name }), key, writtenIn);
  }
}

/** What of a block's private writes expires, by the block that it does at. Fabric: expiry_schedule_builder.go. */
export function schedule(
  written: readonly CollectionWrites[],
  block: number,
  updates: UpdateBatch,
  definitions: ChaincodeDefinitions,
): Map<number, Expiry[]> {
  const scheduled = new Map<number, Expiry[]>();
  for (const { namespace, collection } of written) {
    const id = { namespace, name: collection.name };
    const at = definitions.collection(namespace, id.name)?.expiringBlock(block);
    if (at === undefined) continue;
    const privateSpace = privateNamespace(id);
    const keys = keysByHash(privateSpace, updates);
    for (const write of collection.hashedSet.getHashedWritesList()) {
      const keyHash = Buffer.from(write.getKeyHash_asU8());
      const hash = keyOfHash(keyHash);
      const key = keys.get(hash) ?? "";
      const isGone = (space: string, name: string): boolean => updates.get(space, name)?.value === undefined;
      // Deleted again in the same block; the value may be there still, where the deletion's own part was lost.
      if (isGone(hashedNamespace(id), hash) && isGone(privateSpace, key)) continue;
      const expiry = { namespace, collection: id.name, keyHash, key, writtenIn: block };
      scheduled.set(at, [...(scheduled.get(at) ?? []), expiry]);
    }
  }
  return scheduled;
}

function keysByHash(privateSpace: string, updates: UpdateBatch): Map<string, string> {
  return new Map(updates.range(privateSpace, "", "").map(({ key }) => [keyOfHash(keyHashOf(key)), key]));
}
