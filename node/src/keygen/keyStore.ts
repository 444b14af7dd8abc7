import { toHex, type EpochRecord, type SignedEpochRecord } from "@comity/protocol";
import { publicShareOf } from "@comity/threshold";
import { KeyVaultError } from "./keyVault.ts";
import type { KeyShare, ShareFiles } from "./shareFiles.ts";

export interface KeyStoreDeps {
  readonly shares: Pick<ShareFiles, "load">;
  readonly ledger: { epochs(): readonly SignedEpochRecord[] };
}

/** The shares with which this member signs, by key epoch. */
export class KeyStore {
  readonly #deps: KeyStoreDeps;
  readonly #loaded = new Map<string, KeyShare>();

  constructor(deps: KeyStoreDeps) {
    this.#deps = deps;
  }

  /**
   * Undefined for an epoch that the ledger does not know, or of whose key this member holds no share.
   * @throws KeyVaultError where the stored share does not belong to the epoch's public share
   */
  async shareFor(keyEpoch: number): Promise<KeyShare | undefined> {
    const epoch = this.#deps.ledger.epochs().find(({ record }) => record.keyEpoch === keyEpoch);
    if (!epoch) return undefined;
    const { groupKey } = epoch.record;
    const known = this.#loaded.get(groupKey);
    if (known) return known;
    const share = await this.#deps.shares.load(groupKey);
    if (!share) return undefined;
    assertBelongs(share, epoch.record);
    this.#loaded.set(groupKey, share);
    return share;
  }
}

export function assertBelongs({ index, secretShare }: KeyShare, record: EpochRecord): void {
  const member = record.members.find((each) => each.index === index);
  if (member?.publicShare !== toHex(publicShareOf(secretShare))) {
    throw new KeyVaultError("KEY_VAULT_INVALID", `the share is not that of member ${index} in this key`);
  }
}
