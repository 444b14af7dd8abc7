import type { EpochRecord } from "@comity/protocol";
import type { LedgerContext } from "./ledgerContext.ts";
import { ONLY, tables } from "./tables.ts";

/** The record of a key epoch, if that epoch has the group key that is in force: a refresh in flight kills no signature. */
export async function recordInForce(ctx: LedgerContext, keyEpoch: number): Promise<EpochRecord | undefined> {
  const head = await ctx.table(tables.epochHead).find(ONLY);
  const document = await ctx.table(tables.epoch).find(keyEpoch);
  const record = document?.epoch.record;
  return record?.groupKey === head?.groupKey ? record : undefined;
}
