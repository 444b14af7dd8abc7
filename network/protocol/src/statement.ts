import { fields, fromHex, sha256, u64 } from "./bytes.ts";
import { encodeCanonical } from "./canonical.ts";
import type { NetworkId } from "./ids.ts";

/** What the coalition can sign; a closed list, part of what is signed. */
export const statementKinds = ["alert", "activation", "designation", "delisting", "digest"] as const;
export type StatementKind = (typeof statementKinds)[number];

export interface StatementContext {
  readonly networkId: NetworkId;
  /** Compressed group public key, 48 bytes. */
  readonly groupKey: Uint8Array;
  readonly kind: StatementKind;
  readonly keyEpoch: number;
}

/**
 * The 32 bytes that the threshold key signs for a statement (README, "Statements").
 * @example statementDigest({ networkId, groupKey, kind: "alert", keyEpoch: 1 }, statement)
 */
export function statementDigest(context: StatementContext, statement: unknown): Uint8Array {
  return sha256(
    fields(
      "comity/v1/statement",
      fromHex(context.networkId, 32),
      groupKeyId(context.groupKey),
      context.kind,
      u64(context.keyEpoch),
      statementHash(statement),
    ),
  );
}

/** SHA-256 of the canonical statement. */
export function statementHash(statement: unknown): Uint8Array {
  return sha256(encodeCanonical(statement));
}

export function groupKeyId(groupKey: Uint8Array): Uint8Array {
  return sha256(groupKey);
}
