import {
  type BlsVerifier,
  caseKind,
  caseStatement,
  type EpochRecord,
  type PublicationRequest,
  type VenueDocument,
  verifiedDigest,
} from "@comity/protocol";
import type { Network } from "../ledger/network.ts";
import { LedgerError } from "../ledger/ledgerError.ts";

/** Whether what was decided at this revision is published already; whoever brings it again, it changes nothing. */
export function isPublished(
  { listing, delisting }: VenueDocument,
  { rev }: Pick<PublicationRequest, "rev">,
): boolean {
  return listing?.signed.rev === rev || delisting?.signed.rev === rev;
}

/** Verifies that the coalition signed what was decided of the case. `record` is that of the signature's epoch, if its key is in force. */
export function verifyPublication(
  venue: VenueDocument,
  { rev, keyEpoch, signature }: Omit<PublicationRequest, "venueId">,
  record: EpochRecord | undefined,
  { network, bls }: { readonly network: Network; readonly bls: BlsVerifier },
): void {
  const statement = caseStatement(venue);
  if (statement === undefined)
    throw new LedgerError("VENUE_STATE", `a case that is ${venue.status} does not allow: publish`);
  if (rev !== venue.rev)
    throw new LedgerError(
      "PUBLICATION_REVISION",
      `the case was decided at revision ${venue.rev}, not ${rev}`,
    );
  const signed = { kind: caseKind(statement), keyEpoch, statement, signature };
  if (!record || verifiedDigest(signed, record, { networkId: network.id, bls }) === undefined)
    throw new LedgerError(
      "PUBLICATION_SIGNATURE",
      "the group signature does not verify under the key in force",
    );
}
