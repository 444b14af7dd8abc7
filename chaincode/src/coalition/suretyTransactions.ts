import { parseSuretyId, type SuretyDocument, suretyRequest } from "@comity/protocol";
import { documentArgument } from "../ledger/argument.ts";
import type { Caller } from "../ledger/caller.ts";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { membersOf } from "../ledger/members.ts";
import { tables } from "../ledger/tables.ts";
import { suretyEntry, voteForSurety } from "./suretyRules.ts";

export async function proposeSurety(
  ctx: LedgerContext,
  { organisation }: Caller,
  argument: string,
): Promise<SuretyDocument> {
  const wanted = documentArgument(argument, suretyRequest);
  const { active } = await membersOf(ctx);
  const existing = await ctx.table(tables.surety).find(wanted.suretyId);
  const surety = voteForSurety(wanted, existing, organisation.memberId, active);
  if (surety === undefined) return required(existing, "SURETY_UNKNOWN", "there is no such surety");
  const organisations = ctx.table(tables.organisation);
  // Else a vote could put another organisation in the place of one that is in the register.
  if ((await organisations.find(surety.mspId)) !== undefined)
    throw new LedgerError("SURETY_EXISTS", `MSP ${surety.mspId} is in the register already`);
  const isAdmitted = surety.status === "admitted";
  if (isAdmitted) await organisations.put(suretyEntry(surety), surety.mspId);
  await ctx.table(tables.surety).put(surety, surety.suretyId);
  ctx.emit(isAdmitted ? "surety-admitted" : "surety-proposed", surety.suretyId, surety);
  return surety;
}

export async function readSurety(ctx: LedgerContext, suretyId: string): Promise<SuretyDocument> {
  const surety = await ctx.table(tables.surety).find(parseSuretyId(suretyId));
  return required(surety, "SURETY_UNKNOWN", `there is no surety ${suretyId}`);
}
