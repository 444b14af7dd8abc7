import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, type NetworkId, toHex, u16, utf8 } from "@comity/protocol";
import {
  bindingOf,
  type CellHead,
  type CellSlot,
  contentData,
  encodeCell,
  HASH_BYTES,
  OFFICERS,
  PADDED_BYTES,
} from "./cell.ts";
import { TipError } from "./errors.ts";
import { keyIdOf, sealTo } from "./hpke.ts";
import { draw, type RandomBytes } from "./random.ts";
import {
  commitmentOf,
  encodeShare,
  keyHashOf,
  type SaltedShare,
  shareHashOf,
  type ShareHashes,
  shareInfo,
} from "./share.ts";
import { KEY_BYTES, splitKey } from "./split.ts";

export const MAX_TEXT_BYTES = 60_000;

/** A key seals one text, so the nonce can be constant. */
export const CONTENT_NONCE = new Uint8Array(12);

export interface TipOfficer {
  readonly memberId: string;
  /** Its member must have vouched for it: see `verifyTipOfficer` in @comity/protocol. */
  readonly sealingKey: Uint8Array;
}

export interface SealOptions {
  readonly networkId: NetworkId;
  /** Three, of three members; two of them can open. */
  readonly officers: readonly TipOfficer[];
  readonly text: string;
  readonly random: RandomBytes;
}

/**
 * Seals a text into one cell of 65,536 bytes, whatever its length.
 * @throws TipError; CellError SEALING_KEY_INVALID
 */
export async function sealTip({ networkId, officers, text, random }: SealOptions): Promise<Uint8Array> {
  const padded = padText(text);
  const keys = sortedKeys(officers);
  const key = draw(random, KEY_BYTES);
  const shares = splitKey(key, random).map((share, i) => ({
    ...{ position: i + 1, share, salt: draw(random, HASH_BYTES) },
  }));
  const hashes = { keyHash: keyHashOf(key), shareHashes: shares.map(shareHashOf) };
  const head = { networkId, commitment: commitmentOf(hashes), keyIds: keys.map(({ keyId }) => keyId) };
  const content = chacha20poly1305(key, CONTENT_NONCE, contentData(head)).encrypt(padded);
  const slots: CellSlot[] = [];
  for (const [i, share] of shares.entries()) {
    const { sealingKey = new Uint8Array(), keyId = new Uint8Array() } = keys[i] ?? {};
    slots.push({ keyId, sealed: await sealShare({ sealingKey, share, hashes, head, content }, random) });
  }
  return encodeCell({ ...head, slots, content });
}

interface ShareToSeal {
  readonly sealingKey: Uint8Array;
  readonly share: SaltedShare;
  readonly hashes: ShareHashes;
  readonly head: CellHead;
  readonly content: Uint8Array;
}

function sealShare({ sealingKey, share, hashes, head, content }: ShareToSeal, random: RandomBytes) {
  const info = shareInfo(head.networkId, share.position, keyIdOf(sealingKey));
  const context = { info, aad: bindingOf(head, content) };
  return sealTo(sealingKey, encodeShare(share, hashes), context, random);
}

function padText(text: string): Uint8Array {
  const bytes = utf8(text);
  if (bytes.length === 0 || bytes.length > MAX_TEXT_BYTES || !text.isWellFormed()) {
    throw new TipError(
      "TIP_TEXT",
      `a tip is a text of 1 to ${MAX_TEXT_BYTES} bytes in UTF-8; this has ${bytes.length}`,
    );
  }
  return concat(u16(bytes.length), bytes, new Uint8Array(PADDED_BYTES - 2 - bytes.length));
}

function sortedKeys(officers: readonly TipOfficer[]): { keyId: Uint8Array; sealingKey: Uint8Array }[] {
  const members = new Set(officers.map(({ memberId }) => memberId));
  const keys = officers.map(({ sealingKey }) => ({ sealingKey, keyId: keyIdOf(sealingKey) }));
  const isDistinct = new Set(keys.map(({ keyId }) => toHex(keyId))).size === OFFICERS;
  if (officers.length !== OFFICERS || members.size !== OFFICERS || !isDistinct) {
    throw new TipError("TIP_OFFICERS", "a tip is sealed for three case officers of three members");
  }
  return keys.sort((a, b) => (toHex(a.keyId) < toHex(b.keyId) ? -1 : 1));
}
