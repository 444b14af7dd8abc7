import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { equalBytes } from "@comity/protocol";
import { bindingOf, type Cell, contentData, decodeCell } from "./cell.ts";
import { CellError, WrongShareError } from "./errors.ts";
import { keyIdOf, openFrom, sealingKeyOf } from "./hpke.ts";
import { CONTENT_NONCE, MAX_TEXT_BYTES } from "./seal.ts";
import { decodeShare, isShare, keyHashOf, type OpenedShare, type SaltedShare, shareInfo } from "./share.ts";
import { joinKey } from "./split.ts";

/**
 * Opens one officer's share of a cell; alone it says nothing.
 * @throws CellError CELL_MALFORMED, CELL_ADDRESSEE, CELL_SEALED_WRONG, SEALING_KEY_INVALID
 */
export async function openShare(bytes: Uint8Array, secret: Uint8Array): Promise<OpenedShare> {
  const cell = decodeCell(bytes);
  const keyId = keyIdOf(await sealingKeyOf(secret));
  const place = cell.keyIds.findIndex((other) => equalBytes(other, keyId));
  const slot = cell.slots[place];
  if (slot === undefined) throw new CellError("CELL_ADDRESSEE", "the cell has no share for this key");
  const position = place + 1;
  const context = {
    info: shareInfo(cell.networkId, position, keyId),
    aad: bindingOf(cell, cell.content),
  };
  const plaintext = await openFrom(secret, slot.sealed, context);
  if (plaintext === undefined) {
    throw new CellError("CELL_SEALED_WRONG", "the share for this key was not sealed to it in this cell");
  }
  return decodeShare(plaintext, position, cell);
}

/**
 * Joins an officer's own opened share with another's to the text.
 * @throws WrongShareError where the other share is not the one that the sender made; CellError CELL_SEALED_WRONG
 */
export async function joinTip(bytes: Uint8Array, own: OpenedShare, other: SaltedShare): Promise<string> {
  const cell = decodeCell(bytes);
  if (other.position === own.position || !isShare(other, own.shareHashes)) {
    throw new WrongShareError(other.position);
  }
  const key = await joinKey(own.share, other.share);
  if (!equalBytes(keyHashOf(key), own.keyHash)) throw sealedWrong("shares give another key than they name");
  return readText(decrypt(key, cell));
}

function decrypt(key: Uint8Array, cell: Cell): Uint8Array {
  try {
    return chacha20poly1305(key, CONTENT_NONCE, contentData(cell)).decrypt(cell.content);
  } catch (cause) {
    throw sealedWrong("content does not open with the key", cause);
  }
}

function readText(padded: Uint8Array): string {
  const length = ((padded[0] ?? 0) << 8) | (padded[1] ?? 0);
  const isPadded = padded.subarray(2 + length).every((byte) => byte === 0);
  if (length === 0 || length > MAX_TEXT_BYTES || !isPadded)
    throw sealedWrong("text is not padded as it must be");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(padded.subarray(2, 2 + length));
  } catch (cause) {
    throw sealedWrong("text is not UTF-8", cause);
  }
}

function sealedWrong(problem: string, cause?: unknown): CellError {
  return new CellError("CELL_SEALED_WRONG", `the sender sealed this cell wrong: its ${problem}`, { cause });
}
