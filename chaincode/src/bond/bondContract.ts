import { type BondDocument, bondRequest, MAX_SWEPT_BONDS, parseBondId, sweepRequest } from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, integerArgument, pageSizeArgument } from "../ledger/argument.ts";
import {
  assertActsFor,
  assertMember,
  assertSurety,
  authenticate,
  authenticateReader,
} from "../ledger/caller.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { sortableTime } from "../ledger/orderedIndex.ts";
import { tables } from "../ledger/tables.ts";
import { acceptBond, isSameBond, postBond, releaseBond } from "./bondRules.ts";
import { bondOf, bondRevisions, partiesTo, runOf } from "./bondStore.ts";
import { sweep } from "./sweep.ts";

/** Performance bonds: what a principal pledges for a run, a surety stands for, and missed duties cost. */
export class BondContract extends LedgerContract {
  constructor() {
    super("bond");
  }

  @Transaction()
  @Returns("string")
  async Post(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "operator");
    const wanted = documentArgument(request, bondRequest);
    const stored = await ctx.table(tables.operator).find(wanted.principal);
    const operator = required(stored, "OPERATOR_UNKNOWN", `there is no operator ${wanted.principal}`);
    assertActsFor(caller, operator);
    const existing = await ctx.table(tables.bond).find(wanted.bondId);
    if (existing !== undefined) {
      if (isSameBond(wanted, existing)) return result(existing);
      throw new LedgerError("BOND_EXISTS", `bond ${wanted.bondId} says something else: use a new id`);
    }
    const { genesis } = ctx.network;
    const parties = await partiesTo(ctx, wanted, operator);
    const bond = postBond(wanted, parties, genesis, await ctx.time());
    await ctx.index("bond").add(sortableTime(bond.postedMs), bond.bondId);
    await bondRevisions(ctx).put(bond, undefined, bond.bondId);
    ctx.emit("bond-posted", bond.bondId, bond);
    return result(bond);
  }

  /** The surety's word. It names the revision that it has read. */
  @Transaction()
  @Returns("string")
  async Accept(ctx: LedgerContext, bondId: string, rev: string): Promise<string> {
    const caller = await authenticate(ctx, "surety");
    const bond = await bondOf(ctx, parseBondId(bondId));
    assertSurety(caller, bond.surety);
    const accepted = acceptBond(bond, integerArgument(rev, "the revision"), await ctx.time());
    if (accepted === undefined) return result(bond);
    await bondRevisions(ctx).put(accepted, bond, bond.bondId);
    ctx.emit("bond-accepted", accepted.bondId, accepted);
    return result(accepted);
  }

  /** Judges by stored facts what fell due, whoever asks for it. */
  @Transaction()
  @Returns("string")
  async SweepDue(ctx: LedgerContext, bondIds: string): Promise<string> {
    await authenticateReader(ctx);
    const ids = documentArgument(bondIds, sweepRequest);
    if (ids.length < 1 || ids.length > MAX_SWEPT_BONDS || new Set(ids).size !== ids.length)
      throw new LedgerError("SWEEP_LIMIT", `a sweep takes 1 to ${MAX_SWEPT_BONDS} different bonds`);
    return result({ swept: await sweep(ctx, ids) });
  }

  @Transaction()
  @Returns("string")
  async Release(ctx: LedgerContext, bondId: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "surety");
    const bond = await bondOf(ctx, parseBondId(bondId));
    if (caller.role === "surety") assertSurety(caller, bond.surety);
    else assertMember(caller, bond.memberId);
    const { genesis } = ctx.network;
    const released = releaseBond(bond, await runOf(ctx, bond), genesis, await ctx.time());
    if (released === undefined) return result(bond);
    await bondRevisions(ctx).put(released, bond, bond.bondId);
    ctx.emit("bond-released", released.bondId, released);
    return result(released);
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext, bondId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await bondOf(ctx, parseBondId(bondId)));
  }

  @Transaction(false)
  @Returns("string")
  async ReadRevision(ctx: LedgerContext, bondId: string, rev: string): Promise<string> {
    await authenticateReader(ctx);
    const number = integerArgument(rev, "the revision");
    const revision = await bondRevisions(ctx).find(parseBondId(bondId), number);
    return result(required(revision, "BOND_REVISION_UNKNOWN", `bond ${bondId} has no revision ${number}`));
  }

  @Transaction(false)
  @Returns("string")
  async List(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("bond").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items: readonly BondDocument[] = await Promise.all(page.items.map((id) => bondOf(ctx, id)));
    return result({ items, bookmark: page.bookmark });
  }
}
