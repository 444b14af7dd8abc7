import type { BondDocument, BondId, ModelCheckpointDocument, SweptBond } from "@comity/protocol";
import type { Change, LedgerContext } from "../ledger/ledgerContext.ts";
import { tables } from "../ledger/tables.ts";
import { bondOf, bondRevisions, runOf } from "./bondStore.ts";
import { sequencesToJudge, sweepBond, type SweepFacts } from "./sweepRules.ts";

/** Sweeps bonds one after the other, by point reads only: nobody's list decides, and neighbours do not conflict. */
export async function sweep(ctx: LedgerContext, bondIds: readonly BondId[]): Promise<SweptBond[]> {
  const { genesis } = ctx.network;
  const { policyMs: nowMs } = await ctx.time();
  const swept: SweptBond[] = [];
  const changed: { readonly before: BondDocument; readonly after: BondDocument }[] = [];
  for (const bondId of bondIds) {
    const before = await bondOf(ctx, bondId);
    const after = await sweepOne(ctx, before, { genesis, nowMs });
    swept.push(after);
    if (after.bond !== before) changed.push({ before, after: after.bond });
  }
  for (const { before, after } of changed) await bondRevisions(ctx).put(after, before, after.bondId);
  const events = changed.map(({ after: document }): Change => {
    return { type: "bond-swept", subject: document.bondId, document };
  });
  if (events.length > 0) ctx.emitAll(events);
  return swept;
}

async function sweepOne(
  ctx: LedgerContext,
  bond: BondDocument,
  when: Pick<SweepFacts, "genesis" | "nowMs">,
): Promise<SweptBond> {
  const circumstances = { ...when, run: await runOf(ctx, bond) };
  const registered = new Map<number, ModelCheckpointDocument>();
  for (const sequence of sequencesToJudge(bond, circumstances)) {
    const found = await ctx.table(tables.modelCheckpoint).find(bond.noticeId, sequence);
    if (found !== undefined) registered.set(sequence, found);
  }
  return sweepBond(bond, { ...circumstances, registered });
}
