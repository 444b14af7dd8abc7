import { concat, equalBytes, fields, sha256, utf8 } from "./bytes.ts";
import type { Ed25519Verify } from "./ed25519.ts";
import { DomainError } from "./errors.ts";

/** Checkpoints: tree heads as C2SP signed notes (tlog-checkpoint, signed-note), with one signature, the owner's. */

export type CheckpointErrorCode = "CHECKPOINT_FORM" | "CHECKPOINT_ORIGIN" | "CHECKPOINT_SIGNATURE";
export class CheckpointError extends DomainError<CheckpointErrorCode> {}

export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export interface Checkpoint extends TreeHead {
  /** What is signed: everything before the blank line, newline included. */
  readonly text: string;
}

export const MAX_NOTE_BYTES = 1024;
/** Random bytes in a checkpoint that signs again a tree that has not grown. */
export const FRESH_BYTES = 16;
const ED25519_NOTE = Uint8Array.of(1);

/** With random bytes it differs from every other of the same tree: only so has a log at rest nonce epochs that nobody knew before. */
export function checkpointText({ origin, size, root }: TreeHead, fresh?: Uint8Array): string {
  const extension = fresh ? `comity/v1/fresh ${toBase64(fresh)}\n` : "";
  return `${origin}\n${size}\n${toBase64(root)}\n${extension}`;
}

/** First four bytes of SHA-256(name ‖ newline ‖ algorithm ‖ key), as signed-note asks. */
export function keyHash(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(utf8(`${name}\n`), ED25519_NOTE, publicKey).slice(0, 4);
}

/** Signed note of a text with one Ed25519 signature. */
export function formatNote(
  text: string,
  keyName: string,
  publicKey: Uint8Array,
  signature: Uint8Array,
): string {
  return `${text}\n— ${keyName} ${toBase64(concat(keyHash(keyName, publicKey), signature))}\n`;
}

/**
 * Opens a checkpoint whose origin and key are known. Exactly one signature line is accepted, so that the bytes are unique.
 * @throws CheckpointError
 */
export function openCheckpoint(
  note: string,
  origin: string,
  publicKey: Uint8Array,
  verify: Ed25519Verify,
): Checkpoint {
  const head = readCheckpoint(note);
  if (head.origin !== origin)
    throw new CheckpointError("CHECKPOINT_ORIGIN", "the checkpoint is of another log");
  const signature = readSignature(note.slice(head.text.length), origin, publicKey);
  if (!verify(publicKey, utf8(head.text), signature)) {
    throw new CheckpointError("CHECKPOINT_SIGNATURE", "the checkpoint's signature is not its owner's");
  }
  return head;
}

const HEAD =
  /^([!-~]{1,300})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:comity\/v1\/fresh [A-Za-z0-9+/]{22}==\n)?(?=\n)/;
const SIGNATURE = /^\n— ([!-~]{1,300}) ([A-Za-z0-9+/]{91}=)\n$/;

/** The unverified head of a note that has exactly one signature line. @throws CheckpointError CHECKPOINT_FORM */
export function readCheckpoint(note: string): Checkpoint {
  const [text, origin, size, root] = (note.length > MAX_NOTE_BYTES ? null : HEAD.exec(note)) ?? [];
  if (text === undefined || origin === undefined || root === undefined) {
    throw new CheckpointError("CHECKPOINT_FORM", "this is no checkpoint note");
  }
  if (!SIGNATURE.test(note.slice(text.length)) || !Number.isSafeInteger(Number(size))) {
    throw new CheckpointError(
      "CHECKPOINT_FORM",
      "the note has no signature line, or more than one, or too large a size",
    );
  }
  return { origin, size: Number(size), root: fromBase64(root), text };
}

function readSignature(rest: string, name: string, publicKey: Uint8Array): Uint8Array {
  const [, signer, encoded = ""] = SIGNATURE.exec(rest) ?? [];
  if (signer !== name)
    throw new CheckpointError("CHECKPOINT_FORM", "the note is not signed in its log's name");
  const line = fromBase64(encoded);
  if (!equalBytes(line.subarray(0, 4), keyHash(name, publicKey))) {
    throw new CheckpointError("CHECKPOINT_SIGNATURE", "the note names another key");
  }
  return line.slice(4);
}

/** Eight bytes that nobody could know before this checkpoint was signed; hosts put them into their segments. */
export function nonceEpochOf(text: string): Uint8Array {
  return sha256(fields("comity/v1/nonce-epoch", text)).slice(0, 8);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new CheckpointError("CHECKPOINT_FORM", "base64 with stray bits");
  return bytes;
}
