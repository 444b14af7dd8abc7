import type { BlsVerifier } from "./bls/verifier.ts";
import { fromHex } from "./bytes.ts";
import type { EpochRecord } from "./epoch.ts";
import type { NetworkId } from "./ids.ts";
import { statementDigest, type StatementKind } from "./statement.ts";

/** A statement with the coalition's signature, or what of it says under which key it was made. */
export interface GroupSigned {
  readonly kind: StatementKind;
  readonly keyEpoch: number;
  readonly statement: unknown;
  /** Hex. */
  readonly signature: string;
}

/** What the coalition's key of an epoch had to sign, if it has; undefined where it has not. The record is that of `keyEpoch`. */
export function verifiedDigest(
  { kind, keyEpoch, statement, signature }: GroupSigned,
  record: Pick<EpochRecord, "groupKey" | "keyEpoch">,
  { networkId, bls }: { readonly networkId: NetworkId; readonly bls: BlsVerifier },
): Uint8Array | undefined {
  if (record.keyEpoch !== keyEpoch) return undefined;
  const groupKey = fromHex(record.groupKey, 48);
  const digest = statementDigest({ networkId, groupKey, kind, keyEpoch }, statement);
  return bls.verify(groupKey, digest, fromHex(signature, 96)) ? digest : undefined;
}
