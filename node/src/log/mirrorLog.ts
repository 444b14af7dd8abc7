import { type Checkpoint, equalBytes, RECORD_BYTES, recordRoot } from "@comity/protocol";
import type { Equivocation, LogItem } from "./evidenceLog.ts";
import { LogError } from "./logError.ts";
import type { MirrorQuota } from "./mirrorQuota.ts";
import { sidecarOf } from "./ownLog.ts";
import type { Sidecar, SidecarStore } from "./sidecarStore.ts";
import { leadsTo, type OpenNote, type TileLog } from "./tileLog.ts";

export interface MirrorLogDeps {
  readonly tree: TileLog;
  readonly sidecars: SidecarStore;
  readonly openNote: OpenNote;
  readonly quota: MirrorQuota;
  readonly ownerIndex: number;
}

export interface Delivery {
  readonly from: number;
  readonly items: readonly LogItem[];
  readonly checkpoint: string;
  readonly proof: readonly Uint8Array[];
}

/** Stores what follows; true if anything did. Must not overlap with itself on one log. */
export async function mirrorItems(
  delivery: Delivery,
  { tree, sidecars, openNote, quota, ownerIndex }: MirrorLogDeps,
): Promise<boolean> {
  const checkpoint = openNote(delivery.checkpoint);
  const items = delivery.items.slice(Math.max(0, tree.size - delivery.from));
  if (delivery.from > tree.size || items.length === 0) return false;
  if (checkpoint.size < tree.size + items.length) {
    throw new LogError("LOG_CHECKPOINT", "the checkpoint covers fewer entries than came with it");
  }
  const records = items.map(checkedSidecar);
  await sidecars.putRecords(records, { ownerIndex, sizeBytes: quota.take(ownerIndex, items) });
  await tree.commit(
    items.map((item) => item.entry),
    (head) => {
      if (leadsTo(head, checkpoint, delivery.proof))
        return { note: delivery.checkpoint, proof: delivery.proof };
      throw new LogError(
        "LOG_INCONSISTENT",
        "these entries do not lead to the checkpoint that came with them",
      );
    },
  );
  return true;
}

/**
 * The proof that an owner signed two trees, where a note contradicts what is held: with the note of the same size if that is kept,
 * else with the newest note, whose tree, which we hold, gives another root at that size.
 */
export async function contradiction(
  origin: string,
  checkpoint: Checkpoint,
  note: string,
  { tree, sidecars }: Pick<MirrorLogDeps, "tree" | "sidecars">,
): Promise<Equivocation | undefined> {
  if (checkpoint.size > tree.size || tree.newestNote === "") return undefined;
  if (equalBytes(await tree.rootAt(checkpoint.size), checkpoint.root)) return undefined;
  const first = (await sidecars.note(origin, checkpoint.size)) ?? tree.newestNote;
  return { origin, first, second: note };
}

/** Sidecars are found by their hash, so nobody may choose it. @throws LogError */
function checkedSidecar(item: LogItem): Sidecar {
  const sidecar = sidecarOf(item);
  // The root is over whole records: bytes after the last of them would not change it.
  const isWhole = sidecar.records.length % RECORD_BYTES === 0;
  if (isWhole && equalBytes(recordRoot(sidecar.records), sidecar.recordRoot)) return sidecar;
  throw new LogError("LOG_RECORDS", "the records are not those that the segment names");
}
