import type { ClassicLevel } from "classic-level";
import type { common } from "@hyperledger/fabric-protos";
import { historyKeys } from "./blockHistory.ts";
import { versionKey } from "./layout.ts";
import { put } from "./operation.ts";
import { StoreError } from "./storeError.ts";

/** 1 had no history of keys, and no version either. */
const storeVersion = 2;

/** What an upgrade reads and writes. */
export interface UpgradableStore {
  readonly db: ClassicLevel<Buffer, Buffer>;
  readonly height: number;
  readonly getBlock: (number: number) => common.Block | undefined;
}

/**
 * Brings an older store up to date from its own blocks; doing so again after a kill does no harm.
 * @throws StoreError when a newer program wrote it
 */
export async function upgradeStore({ db, height, getBlock }: UpgradableStore): Promise<void> {
  const found = db.getSync(versionKey)?.readUInt32BE(0) ?? 1;
  if (found > storeVersion) {
    throw new StoreError(
      "STORE_VERSION",
      `the ledger is of version ${found}, this program knows ${storeVersion}`,
    );
  }
  if (found === storeVersion) return;
  for (let number = 0; number < height; number++) {
    const block = getBlock(number);
    if (block === undefined) throw new StoreError("STORE_DAMAGED", `block ${number} is not there`);
    await db.batch(historyKeys(block).map((key) => put(key)));
  }
  const version = Buffer.alloc(4);
  version.writeUInt32BE(storeVersion);
  await db.batch([put(versionKey, version)], { sync: true });
}
