import { concat, fields, fromHex, PASSED_SHARE_BYTES, u8 } from "@comity/protocol";
import { cellHashOf, decodeCell, HASH_BYTES, OFFICERS } from "./cell.ts";
import { CellError } from "./errors.ts";
import { keyIdOf, openFrom, type SealContext, sealingKeyOf, sealTo } from "./hpke.ts";
import type { RandomBytes } from "./random.ts";
import type { SaltedShare } from "./share.ts";
import { SHARE_BYTES } from "./split.ts";

/** Seals a share for the officer who asks for it, so that it can lie on the ledger. @throws CellError SEALING_KEY_INVALID */
export async function passShare(
  cell: Uint8Array,
  { position, share, salt }: SaltedShare,
  sealingKey: Uint8Array,
  random: RandomBytes,
): Promise<Uint8Array> {
  const context = contextOf(cell, position, keyIdOf(sealingKey));
  return sealTo(sealingKey, concat(share, salt), context, random);
}

/** A share that was passed to this key. Whether it is the right one, `joinTip` says. @throws CellError */
export async function receiveShare(
  cell: Uint8Array,
  passed: Uint8Array,
  secret: Uint8Array,
): Promise<SaltedShare> {
  const keyId = keyIdOf(await sealingKeyOf(secret));
  const isSized = passed.length === PASSED_SHARE_BYTES;
  for (let position = 1; isSized && position <= OFFICERS; position++) {
    const plaintext = await openFrom(secret, passed, contextOf(cell, position, keyId));
    if (plaintext?.length !== SHARE_BYTES + HASH_BYTES) continue;
    return { position, share: plaintext.slice(0, SHARE_BYTES), salt: plaintext.slice(SHARE_BYTES) };
  }
  throw new CellError("CELL_ADDRESSEE", "the share was not passed to this key for this cell");
}

function contextOf(cell: Uint8Array, position: number, keyId: Uint8Array): SealContext {
  const network = fromHex(decodeCell(cell).networkId);
  const parts = [network, fromHex(cellHashOf(cell)), u8(position), keyId];
  return { info: fields("comity/v1/tip/passed-share", ...parts), aad: new Uint8Array() };
}
