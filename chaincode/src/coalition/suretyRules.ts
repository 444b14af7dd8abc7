import {
  type MemberEntry,
  type MemberId,
  quorumOf,
  type SuretyDocument,
  suretyOrganisation,
  type SuretyOrganisation,
  type SuretyRequest,
} from "@comity/protocol";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

/** The surety with a member's vote for it, or undefined where that member voted already. The q-th vote of those who are members then admits it. */
export function voteForSurety(
  request: SuretyRequest,
  existing: SuretyDocument | undefined,
  voter: MemberId,
  members: readonly MemberEntry[],
): SuretyDocument | undefined {
  if (existing !== undefined && !isSameSurety(request, existing)) {
    throw new LedgerError("SURETY_EXISTS", `surety ${request.suretyId} was proposed with other particulars`);
  }
  const before = existing?.votes ?? [];
  if (existing?.status === "admitted" || before.includes(voter)) return undefined;
  const votes = [...before.filter((id) => members.some(({ memberId }) => memberId === id)), voter];
  const status = votes.length >= quorumOf(members.length) ? "admitted" : "proposed";
  return { ...request, ...revisionAfter(existing), votes, status };
}

/** Its entry in the register, under which its certificates are known from now on. */
export function suretyEntry({ mspId, suretyId, name }: SuretyDocument): SuretyOrganisation {
  return suretyOrganisation({ ...revisionAfter(), mspId, class: "surety", suretyId, name });
}

function isSameSurety(request: SuretyRequest, { mspId, name }: SuretyDocument): boolean {
  return request.mspId === mspId && request.name === name;
}
