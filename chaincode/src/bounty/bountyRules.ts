import {
  canonicalString,
  type Genesis,
  type MemberId,
  type NetworkId,
  type OpeningApproval,
  type OpeningDocument,
  openingIdOf,
  type OpeningRequest,
  type MemberOrganisation,
  type TipGatewayDocument,
  type TipGatewayRequest,
  tipHourEndMs,
  type TipOfficerDocument,
  type TipOfficerRequest,
  type TipRootDocument,
  type TipRootRequest,
  verifyTipGateway,
  verifyTipOfficer,
} from "@comity/protocol";
import type { TransactionTime } from "../ledger/ledgerContext.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

interface Registrar {
  readonly networkId: NetworkId;
  readonly organisation: MemberOrganisation;
}

/** A case officer's key, or undefined where nothing would change. A member that loses its key may register another one. */
export function registerOfficer(
  request: TipOfficerRequest,
  existing: TipOfficerDocument | undefined,
  { networkId, organisation: { identityKey } }: Registrar,
): TipOfficerDocument | undefined {
  assertVouched(verifyTipOfficer(request, { networkId, identityKey }));
  return isSame(request, existing) ? undefined : { ...request, ...revisionAfter(existing) };
}

/** A gateway's key, or undefined where nothing would change. */
export function registerGateway(
  request: TipGatewayRequest,
  existing: TipGatewayDocument | undefined,
  { networkId, organisation: { identityKey } }: Registrar,
): TipGatewayDocument | undefined {
  assertVouched(verifyTipGateway(request, { networkId, identityKey }));
  return isSame(request, existing) ? undefined : { ...request, ...revisionAfter(existing) };
}

/** Senders trust the signature, not the ledger that shows it to them, so a key without one is of no use. */
function assertVouched(isVouched: boolean): void {
  if (!isVouched)
    throw new LedgerError("TIP_KEY_SIGNATURE", "the member's identity key did not sign this key");
}

/** Whether a request says what the document has. */
function isSame(request: object, existing: object | undefined): boolean {
  return existing !== undefined && canonicalString({ ...existing, ...request }) === canonicalString(existing);
}

/** Whether a root is filed already. Another one for the same hour would be a second account of what came in. */
export function isFiled(request: TipRootRequest, existing: TipRootDocument | undefined): boolean {
  if (existing === undefined) return false;
  if (isSame(request, existing)) return true;
  throw new LedgerError("TIP_ROOT_EXISTS", `hour ${request.tipHour} has another root already`);
}

/** A root says all that came in, so its hour must be over. */
export function assertHourOver(request: TipRootRequest, genesis: Genesis, { realMs }: TransactionTime): void {
  if (realMs < tipHourEndMs(genesis, request.tipHour))
    throw new LedgerError("TIP_HOUR_OPEN", `hour ${request.tipHour} is not over yet`);
}

export function requestOpening(
  { cellHash, reason }: OpeningRequest,
  { memberId, sealingKey }: TipOfficerDocument,
  { policyMs }: TransactionTime,
): OpeningDocument {
  const openingId = openingIdOf(cellHash, memberId);
  return {
    ...revisionAfter(),
    ...{ openingId, cellHash, requestedBy: memberId, sealingKey, reason, requestedMs: policyMs },
    ...{ status: "requested", approvals: [] },
  };
}

/** Whether an opening was asked for already, in these words. */
export function isRequested({ reason }: OpeningRequest, existing: OpeningDocument | undefined): boolean {
  if (existing === undefined) return false;
  if (existing.reason === reason) return true;
  throw new LedgerError("OPENING_EXISTS", `your member has asked to open this tip with another reason`);
}

/** Whether a member has approved already, with this very share. */
export function isApproved(
  { passedShare, reason }: OpeningApproval,
  { approvals }: OpeningDocument,
  memberId: MemberId,
): boolean {
  const approval = approvals.find((each) => each.memberId === memberId);
  if (approval === undefined) return false;
  if (approval.passedShare === passedShare && approval.reason === reason) return true;
  throw new LedgerError("OPENING_APPROVED", "your member has approved this opening already");
}

/** Two officers of two members open a tip: nobody approves what its own member asks for. */
export function approveOpening(
  { passedShare, reason }: OpeningApproval,
  opening: OpeningDocument,
  { memberId }: TipOfficerDocument,
  { policyMs }: TransactionTime,
): OpeningDocument {
  const approval = { memberId, reason, passedShare, approvedMs: policyMs };
  return {
    ...{ ...opening, ...revisionAfter(opening) },
    ...{ status: "approved", approvals: [...opening.approvals, approval] },
  };
}

export function assertOtherMember({ requestedBy }: OpeningDocument, memberId: MemberId): void {
  if (memberId === requestedBy)
    throw new LedgerError("OPENING_MEMBER", "an officer of another member must approve this opening");
}
