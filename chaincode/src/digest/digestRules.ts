import {
  type BlsVerifier,
  type DigestDocument,
  type DigestRequest,
  type EpochRecord,
  verifiedDigest,
} from "@comity/protocol";
import type { Network } from "../ledger/network.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

/** Whether a digest says something newer of its registry than the one that is filed. */
export function isNewer(
  { statement }: Pick<DigestRequest, "statement">,
  filed: DigestDocument | undefined,
): boolean {
  return filed === undefined || statement.ledger.height > filed.statement.ledger.height;
}

/** The digest to keep in place of the older one, if the coalition signed it. `record` is that of its epoch, if its key is in force. */
export function fileDigest(
  request: DigestRequest,
  filed: DigestDocument | undefined,
  record: EpochRecord | undefined,
  { network, bls }: { readonly network: Network; readonly bls: BlsVerifier },
): DigestDocument {
  if (record === undefined)
    throw new LedgerError("DIGEST_EPOCH", `key epoch ${request.keyEpoch} is not one of the key in force`);
  const signed = { kind: "digest", ...request } as const;
  if (verifiedDigest(signed, record, { networkId: network.id, bls }) === undefined)
    throw new LedgerError("DIGEST_SIGNATURE", "the group signature does not verify under the key in force");
  return { ...revisionAfter(filed), ...request };
}
