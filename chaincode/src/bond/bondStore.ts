import type { BondDocument, BondRequest, OperatorDocument } from "@comity/protocol";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import { required } from "../ledger/ledgerError.ts";
import type { Revisions } from "../ledger/revisions.ts";
import { tables } from "../ledger/tables.ts";
import type { Parties } from "./bondRules.ts";
import type { SecuredRun } from "./securedRun.ts";

export async function bondOf(ctx: LedgerContext, bondId: string): Promise<BondDocument> {
  return required(await ctx.table(tables.bond).find(bondId), "BOND_UNKNOWN", `there is no bond ${bondId}`);
}

export async function partiesTo(
  ctx: LedgerContext,
  { noticeId, surety }: BondRequest,
  operator: OperatorDocument,
): Promise<Parties> {
  const notice = await ctx.table(tables.notice).find(noticeId);
  return {
    operator,
    notice: required(notice, "NOTICE_UNKNOWN", `there is no notice ${noticeId}`),
    surety: await ctx.table(tables.surety).find(surety),
  };
}

export async function runOf(ctx: LedgerContext, { noticeId }: BondDocument): Promise<SecuredRun> {
  const notice = await ctx.table(tables.notice).find(noticeId);
  return {
    notice: required(notice, "NOTICE_UNKNOWN", `there is no notice ${noticeId}`),
    cadence: await ctx.table(tables.cadence).find(noticeId),
  };
}

export function bondRevisions(ctx: LedgerContext): Revisions<BondDocument> {
  return ctx.revisions({ current: tables.bond, superseded: tables.bondRevision });
}
