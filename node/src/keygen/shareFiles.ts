import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  decodeCanonical,
  encodeCanonical,
  fromHex,
  hex,
  integer,
  MAX_MEMBERS,
  object,
  sha256,
  toHex,
} from "@comity/protocol";
import { readSecret, removeSecret, writeSecret } from "../store/secretFile.ts";
import { KeyVaultError } from "./keyVault.ts";

export interface KeyShare {
  readonly index: number;
  readonly secretShare: Uint8Array;
}

const stored = object({ groupKey: hex(48), index: integer(1, MAX_MEMBERS), secretShare: hex(32) });

/** A member's shares, one file each, by the group key that they belong to. */
export class ShareFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @param groupKey 96 hex digits */
  async load(groupKey: string): Promise<KeyShare | undefined> {
    const path = this.#path(groupKey);
    const bytes = await readSecret(path);
    if (!bytes) return undefined;
    try {
      const share = stored(decodeCanonical(bytes, 1024));
      if (share.groupKey === groupKey)
        return { index: share.index, secretShare: fromHex(share.secretShare, 32) };
    } catch {
      // The cause may quote the share.
    }
    throw new KeyVaultError("KEY_VAULT_INVALID", `${path} holds no share of this group key`);
  }

  async save(groupKey: string, { index, secretShare }: KeyShare): Promise<void> {
    await writeSecret(
      this.#path(groupKey),
      encodeCanonical({ groupKey, index, secretShare: toHex(secretShare) }),
    );
  }

  /** Forgets the shares of all other keys. */
  async keepOnly(groupKeys: readonly string[]): Promise<void> {
    const kept = new Set(groupKeys.map((groupKey) => nameOf(groupKey)));
    const names = await readdir(this.#directory).catch(() => []);
    const others = names.filter((name) => name.startsWith("share-") && !kept.has(name));
    for (const name of others) await removeSecret(join(this.#directory, name));
  }

  #path(groupKey: string): string {
    return join(this.#directory, nameOf(groupKey));
  }
}

function nameOf(groupKey: string): string {
  return `share-${toHex(sha256(fromHex(groupKey, 48))).slice(0, 32)}.json`;
}
