import { concat, equalBytes, fields, fromHex, type NetworkId, sha256, u8 } from "@comity/protocol";
import { type Cell, HASH_BYTES, OFFICERS, SHARE_PLAINTEXT_BYTES } from "./cell.ts";
import { CellError } from "./errors.ts";
import { SHARE_BYTES } from "./split.ts";

/** A share with its salt: what one officer needs of another. */
export interface SaltedShare {
  /** Place of its slot in the cell: 1, 2 or 3. */
  readonly position: number;
  readonly share: Uint8Array;
  readonly salt: Uint8Array;
}

/** What the sender says of a key and all its shares. */
export interface ShareHashes {
  readonly keyHash: Uint8Array;
  readonly shareHashes: readonly Uint8Array[];
}

/** What an officer finds in its own sealed share; it names every wrong one. */
export interface OpenedShare extends SaltedShare, ShareHashes {}

export function keyHashOf(key: Uint8Array): Uint8Array {
  return sha256(fields("comity/v1/tip/key", key));
}

/** The salt keeps a hash from confirming a guess. */
export function shareHashOf({ position, salt, share }: SaltedShare): Uint8Array {
  return sha256(fields("comity/v1/tip/share", u8(position), salt, share));
}

export function commitmentOf({ keyHash, shareHashes }: ShareHashes): Uint8Array {
  return sha256(fields("comity/v1/tip/commitment", keyHash, ...shareHashes));
}

export function shareInfo(networkId: NetworkId, position: number, keyId: Uint8Array): Uint8Array {
  return fields("comity/v1/tip/sealed-share", fromHex(networkId), u8(position), keyId);
}

export function encodeShare({ share, salt }: SaltedShare, { keyHash, shareHashes }: ShareHashes): Uint8Array {
  return concat(share, salt, keyHash, ...shareHashes);
}

/** The share in a slot, if it is what the cell commits to. @throws CellError CELL_SEALED_WRONG */
export function decodeShare(bytes: Uint8Array, position: number, { commitment }: Cell): OpenedShare {
  if (bytes.length !== SHARE_PLAINTEXT_BYTES) throw sealedWrong("has the wrong size");
  const hashAt = (i: number) => bytes.slice(SHARE_BYTES + i * HASH_BYTES, SHARE_BYTES + (i + 1) * HASH_BYTES);
  const shareHashes = Array.from({ length: OFFICERS }, (_, i) => hashAt(2 + i));
  const opened = {
    ...{ position, share: bytes.slice(0, SHARE_BYTES), salt: hashAt(0) },
    ...{ keyHash: hashAt(1), shareHashes },
  };
  if (!equalBytes(commitmentOf(opened), commitment)) throw sealedWrong("does not fit the cell's commitment");
  if (!isShare(opened, shareHashes)) throw sealedWrong("is not the one that it names");
  return opened;
}

/** Whether a share is the one of its place in a list of hashes. */
export function isShare(salted: SaltedShare, shareHashes: readonly Uint8Array[]): boolean {
  const { position, share, salt } = salted;
  const expected = shareHashes[position - 1];
  const isSized = share.length === SHARE_BYTES && salt.length === HASH_BYTES;
  if (!isSized || expected === undefined || share[SHARE_BYTES - 1] !== position) return false;
  return equalBytes(shareHashOf(salted), expected);
}

function sealedWrong(problem: string): CellError {
  return new CellError("CELL_SEALED_WRONG", `the share that the sender sealed ${problem}`);
}
