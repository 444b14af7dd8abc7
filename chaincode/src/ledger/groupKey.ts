import type { EpochRecord, MemberId } from "@comity/protocol";
import type { LedgerContext } from "./ledgerContext.ts";
import { LedgerError } from "./ledgerError.ts";
import { ONLY, tables } from "./tables.ts";

/** The record of a key epoch, if that epoch has the group key that is in force: a refresh in flight kills no signature. */
export async function recordInForce(ctx: LedgerContext, keyEpoch: number): Promise<EpochRecord | undefined> {
  const head = await ctx.table(tables.epochHead).find(ONLY);
  const document = await ctx.table(tables.epoch).find(keyEpoch);
  const record = document?.epoch.record;
  return record?.groupKey === head?.groupKey ? record : undefined;
}

/** The record of the newest key epoch, if the coalition has a key. */
export async function currentRecord(ctx: LedgerContext): Promise<EpochRecord | undefined> {
  const head = await ctx.table(tables.epochHead).find(ONLY);
  return head && (await ctx.table(tables.epoch).find(head.keyEpoch))?.epoch.record;
}

/**
 * What a member's identity key signs is checked offline, by those who know it from genesis or from the record of the group key. One that joined since is
 * in neither: nobody could be shown evidence of its sites, or receipts for its tips.
 */
export async function assertNamedByKey(ctx: LedgerContext, memberId: MemberId): Promise<void> {
  const isMeant = (each: { readonly memberId: MemberId }): boolean => each.memberId === memberId;
  if (ctx.network.genesis.members.some(isMeant)) return;
  if ((await currentRecord(ctx))?.members.some(isMeant) === true) return;
  throw new LedgerError("MEMBER_SHARELESS", `the coalition's key does not name ${memberId} yet`);
}
