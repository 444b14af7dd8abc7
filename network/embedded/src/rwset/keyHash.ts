import type { ledger } from "@hyperledger/fabric-protos";
import { bytesEqual, sha256 } from "../wire/hash.ts";

export function keyHashOf(key: string): Buffer {
  return sha256(Buffer.from(key));
}

/** Under which the state keeps a hash. */
export function keyOfHash(keyHash: Uint8Array): string {
  return Buffer.from(keyHash).toString("hex");
}

const hashOfNothing = sha256();

/** Undefined deletes. Fabric: rwsetutil.IsKVWriteHashDelete. */
export function writtenHash(
  write: InstanceType<typeof ledger.rwset.kvrwset.KVWriteHash>,
): Uint8Array | undefined {
  const hash = write.getValueHash_asU8();
  const isDelete = write.getIsDelete() || hash.length === 0 || bytesEqual(hash, hashOfNothing);
  return isDelete ? undefined : hash;
}
