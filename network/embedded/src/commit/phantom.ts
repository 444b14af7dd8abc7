import { compareKeys, type KvRead, versionIn } from "../rwset/kvRead.ts";
import { type MerkleSummary, type RangeQueryInfo, RangeReads, sameSummary } from "../rwset/rangeReads.ts";
import { sameVersion, type Version } from "../store/layout.ts";
import type { StateWrite } from "../store/ledgerStore.ts";
import type { CommittedState } from "./mvcc.ts";
import type { UpdateBatch } from "./updateBatch.ts";

interface VersionedKey {
  readonly key: string;
  readonly version: Version;
}

/**
 * Whether a range still holds what a simulation read there, with what is written earlier in this block.
 * Fabric: core/ledger/kvledger/txmgmt/validation/rangequery_validator.go.
 */
export async function rangeHolds(
  namespace: string,
  info: RangeQueryInfo,
  updates: UpdateBatch,
  state: CommittedState,
): Promise<boolean> {
  const results = combinedRange(namespace, info, updates, state);
  const summary = info.getReadsMerkleHashes();
  if (summary !== undefined) return hashesTo(results, summary);
  return isExactly(results, info.getRawReads()?.getKvReadsList() ?? []);
}

async function isExactly(results: AsyncIterable<VersionedKey>, reads: readonly KvRead[]): Promise<boolean> {
  let at = 0;
  for await (const { key, version } of results) {
    const read = reads[at++];
    if (read?.getKey() !== key || !sameVersion(versionIn(read), version)) return false;
  }
  return at === reads.length;
}

async function hashesTo(results: AsyncIterable<VersionedKey>, summary: MerkleSummary): Promise<boolean> {
  const reads = new RangeReads(summary.getMaxDegree());
  for await (const { key, version } of results) reads.add(key, version);
  const found = reads.summary();
  return found !== undefined && sameSummary(found, summary);
}

/** Fabric: core/ledger/kvledger/txmgmt/validation/combined_iterator.go. */
async function* combinedRange(
  namespace: string,
  info: RangeQueryInfo,
  updates: UpdateBatch,
  state: CommittedState,
): AsyncGenerator<VersionedKey> {
  const [start, end] = [info.getStartKey(), info.getEndKey()];
  const written = updates.range(namespace, start, end);
  let at = 0;
  for await (const entry of state.rangeState(namespace, start, end)) {
    while (isBefore(written[at], entry.key)) yield* unlessDeleted(written[at++]);
    if (written[at]?.key === entry.key) yield* unlessDeleted(written[at++]);
    else yield entry;
  }
  while (at < written.length) yield* unlessDeleted(written[at++]);
  // A reader that stopped early saw its last key, which ends the range here: it belongs to what was read.
  if (!info.getItrExhausted()) yield* single(namespace, end, updates, state);
}

function isBefore(write: StateWrite | undefined, key: string): boolean {
  return write !== undefined && compareKeys(write.key, key) < 0;
}

function* unlessDeleted(write: StateWrite | undefined): Generator<VersionedKey> {
  if (write?.value !== undefined) yield write;
}

function* single(
  namespace: string,
  key: string,
  updates: UpdateBatch,
  state: CommittedState,
): Generator<VersionedKey> {
  const write = updates.get(namespace, key);
  if (write !== undefined) {
    yield* unlessDeleted(write);
    return;
  }
  const found = state.getState(namespace, key);
  if (found !== undefined) yield { key, version: found.version };
}
