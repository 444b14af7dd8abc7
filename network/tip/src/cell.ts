import {
  concat,
  equalBytes,
  fields,
  fromHex,
  type NetworkId,
  parseNetworkId,
  sha256,
  toHex,
} from "@comity/protocol";
import { CellError } from "./errors.ts";
import { ENCAPSULATION_BYTES, TAG_BYTES } from "./hpke.ts";
import { SHARE_BYTES } from "./split.ts";

/** The form of a cell (README, "Cell"): strict decoding, and the values that its parts are bound by. */

export const CELL_BYTES = 65_536;
export const OFFICERS = 3;
export const HASH_BYTES = 32;
/** Share, its salt, the key's hash, the hashes of all shares. */
export const SHARE_PLAINTEXT_BYTES = SHARE_BYTES + HASH_BYTES * (2 + OFFICERS);

const TAG = fields("comity/v1/tip-cell");
const SEALED_BYTES = ENCAPSULATION_BYTES + SHARE_PLAINTEXT_BYTES + TAG_BYTES;
const SLOT_BYTES = HASH_BYTES + SEALED_BYTES;
const SLOTS_AT = TAG.length + 2 * HASH_BYTES;
const CONTENT_AT = SLOTS_AT + OFFICERS * SLOT_BYTES;
export const CONTENT_BYTES = CELL_BYTES - CONTENT_AT;
export const PADDED_BYTES = CONTENT_BYTES - TAG_BYTES;

export interface CellSlot {
  readonly keyId: Uint8Array;
  /** Encapsulation ‖ ciphertext and tag. */
  readonly sealed: Uint8Array;
}

/** What the parts of a cell are bound to, before the shares are sealed. */
export interface CellHead {
  readonly networkId: NetworkId;
  readonly commitment: Uint8Array;
  /** Strictly ascending. */
  readonly keyIds: readonly Uint8Array[];
}

export interface Cell extends CellHead {
  readonly slots: readonly CellSlot[];
  readonly content: Uint8Array;
}

/** What names a cell: lower-case hex of its SHA-256. */
export function cellHashOf(cell: Uint8Array): string {
  return toHex(sha256(cell));
}

export function encodeCell({ networkId, commitment, slots, content }: Omit<Cell, "keyIds">): Uint8Array {
  const encoded = slots.flatMap(({ keyId, sealed }) => [keyId, sealed]);
  return concat(TAG, fromHex(networkId, HASH_BYTES), commitment, ...encoded, content);
}

/** @throws CellError CELL_MALFORMED */
export function decodeCell(bytes: Uint8Array): Cell {
  if (bytes.length !== CELL_BYTES) throw malformed(`has ${bytes.length} bytes instead of ${CELL_BYTES}`);
  if (!equalBytes(bytes.subarray(0, TAG.length), TAG)) throw malformed("does not begin as a cell does");
  const networkId = parseNetworkId(toHex(bytes.subarray(TAG.length, TAG.length + HASH_BYTES)));
  const commitment = bytes.slice(TAG.length + HASH_BYTES, SLOTS_AT);
  const slots = Array.from({ length: OFFICERS }, (_, i) => slotAt(bytes, SLOTS_AT + i * SLOT_BYTES));
  const keyIds = slots.map(({ keyId }) => keyId);
  if (!isAscending(keyIds.map(toHex))) throw malformed("has key ids that do not ascend");
  return { networkId, commitment, keyIds, slots, content: bytes.slice(CONTENT_AT) };
}

function slotAt(bytes: Uint8Array, at: number): CellSlot {
  const sealedAt = at + HASH_BYTES;
  return { keyId: bytes.slice(at, sealedAt), sealed: bytes.slice(sealedAt, at + SLOT_BYTES) };
}

/** Associated data of the content. */
export function contentData({ networkId, commitment, keyIds }: CellHead): Uint8Array {
  return fields("comity/v1/tip/content", fromHex(networkId), commitment, ...keyIds);
}

/** Associated data of every sealed share: it opens in no other cell. */
export function bindingOf({ networkId, commitment, keyIds }: CellHead, content: Uint8Array): Uint8Array {
  const parts = [fromHex(networkId), commitment, ...keyIds, sha256(content)];
  return sha256(fields("comity/v1/tip/binding", ...parts));
}

export function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || (texts[i - 1] ?? "") < text);
}

function malformed(problem: string): CellError {
  return new CellError("CELL_MALFORMED", `the cell ${problem}`);
}
