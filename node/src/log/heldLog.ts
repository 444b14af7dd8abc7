import {
  type Checkpoint,
  CheckpointError,
  checkpointText,
  type Ed25519Verify,
  formatNote,
  FRESH_BYTES,
  fromHex,
  type GenesisMember,
  IdError,
  type LogName,
  openCheckpoint,
  parseLogOrigin,
  toHex,
  utf8,
} from "@comity/protocol";
import { makeDirectory } from "./durableFile.ts";
import type { LogHead } from "./evidenceLog.ts";
import { LogError } from "./logError.ts";
import { OwnLog } from "./ownLog.ts";
import type { SidecarStore } from "./sidecarStore.ts";
import { type OpenNote, TileLog, type Tree } from "./tileLog.ts";
import { Turns } from "./turns.ts";

/** An open log and what belongs to it. */
export interface Held {
  readonly origin: string;
  readonly owner: GenesisMember;
  readonly tree: TileLog;
  readonly turns: Turns;
  readonly own: OwnLog | undefined;
  readonly openNote: OpenNote;
  /** Notes of smaller trees have been dropped. */
  notesFrom: number;
}

export interface HeldDeps {
  readonly identity: { readonly index: number; sign(message: Uint8Array): Uint8Array };
  readonly verify: Ed25519Verify;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  readonly sidecars: SidecarStore;
}

export async function openHeld(
  { origin, directory, owner }: { origin: string; directory: string; owner: GenesisMember },
  { identity, verify, randomBytes, sidecars }: HeldDeps,
): Promise<Held> {
  const key = fromHex(owner.identityKey, 32);
  const openNote: OpenNote = (note) => openedNote(note, origin, key, verify);
  await makeDirectory(directory);
  const tree = await TileLog.open(directory, openNote);
  const turns = new Turns();
  const sign = ({ size, root }: Tree, isAgain: boolean): string => {
    const text = checkpointText({ origin, size, root }, isAgain ? randomBytes(FRESH_BYTES) : undefined);
    return formatNote(text, origin, key, identity.sign(utf8(text)));
  };
  const isOwn = owner.index === identity.index;
  const own = isOwn ? new OwnLog({ tree, turns, sidecars, sign }) : undefined;
  return { origin, owner, tree, turns, own, openNote, notesFrom: 0 };
}

export function headOf({ origin, owner, own, tree }: Held): LogHead {
  const { size, checkpoint } = tree;
  return {
    origin,
    ownerIndex: owner.index,
    own: own !== undefined,
    size,
    root: toHex(tree.root),
    checkpoint: checkpoint === "" ? undefined : checkpoint,
  };
}

/** @throws LogError LOG_ORIGIN */
export function nameOf(origin: string): LogName {
  try {
    return parseLogOrigin(origin);
  } catch (cause) {
    if (!(cause instanceof IdError)) throw cause;
    throw new LogError("LOG_ORIGIN", "this is no log origin", { cause });
  }
}

function openedNote(note: string, origin: string, key: Uint8Array, verify: Ed25519Verify): Checkpoint {
  try {
    return openCheckpoint(note, origin, key, verify);
  } catch (cause) {
    if (!(cause instanceof CheckpointError)) throw cause;
    throw new LogError("LOG_CHECKPOINT", cause.message, { cause });
  }
}
