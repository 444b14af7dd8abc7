import {
  type MemberId,
  type OpeningDocument,
  openingApproval,
  openingIdOf,
  openingRequest,
  parseMemberId,
  parseOpeningId,
  tipGatewayRequest,
  type TipOfficerDocument,
  tipOfficerRequest,
  tipRootBucket,
  type TipRootDocument,
  tipRootRequest,
} from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, integerArgument, pageSizeArgument } from "../ledger/argument.ts";
import { assertMember, authenticate, authenticateReader, type Caller } from "../ledger/caller.ts";
import { assertNamedByKey } from "../ledger/groupKey.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { membersOf } from "../ledger/members.ts";
import { sortableTime } from "../ledger/orderedIndex.ts";
import { revisionAfter } from "../ledger/table.ts";
import { tables } from "../ledger/tables.ts";
import {
  approveOpening,
  assertHourOver,
  assertOtherMember,
  isApproved,
  isFiled,
  isRequested,
  registerGateway,
  registerOfficer,
  requestOpening,
} from "./bountyRules.ts";

/** Tips: whose keys they are sealed to, what gateways took in each hour, and who opened which. No word about who sent one. */
export class BountyContract extends LedgerContract {
  constructor() {
    super("bounty");
  }

  @Transaction()
  @Returns("string")
  async RegisterOfficer(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const wanted = documentArgument(request, tipOfficerRequest);
    assertMember(caller, wanted.memberId);
    const officers = ctx.table(tables.tipOfficer);
    const existing = await officers.find(wanted.memberId);
    const officer = registerOfficer(wanted, existing, await registrarOf(ctx, caller));
    if (officer === undefined) return result(existing);
    await officers.put(officer, officer.memberId);
    if (existing === undefined) await ctx.index("tipofficer").add(officer.memberId);
    ctx.emit("tip-officer-registered", officer.memberId, officer);
    return result(officer);
  }

  @Transaction()
  @Returns("string")
  async RegisterGateway(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "gateway");
    const wanted = documentArgument(request, tipGatewayRequest);
    assertMember(caller, wanted.memberId);
    const gateways = ctx.table(tables.tipGateway);
    const existing = await gateways.find(wanted.memberId);
    const gateway = registerGateway(wanted, existing, await registrarOf(ctx, caller));
    if (gateway === undefined) return result(existing);
    await gateways.put(gateway, gateway.memberId);
    if (existing === undefined) await ctx.index("tipgateway").add(gateway.memberId);
    ctx.emit("tip-gateway-registered", gateway.memberId, gateway);
    return result(gateway);
  }

  @Transaction()
  @Returns("string")
  async FileRoot(ctx: LedgerContext, request: string): Promise<string> {
    const { memberId } = (await authenticate(ctx, "gateway")).organisation;
    const wanted = documentArgument(request, tipRootRequest);
    const roots = ctx.table(tables.tipRoot);
    const existing = await roots.find(memberId, wanted.tipHour);
    if (isFiled(wanted, existing)) return result(existing);
    const { genesis } = ctx.network;
    const time = await ctx.time();
    assertHourOver(wanted, genesis, time);
    // Read here, so that a root which was endorsed in time and held back fails at commit.
    if (await ctx.isClosed(tipRootBucket(genesis, wanted.tipHour)))
      throw new LedgerError("TIP_HOUR_CLOSED", `the time to file the root of hour ${wanted.tipHour} is over`);
    const root: TipRootDocument = { ...revisionAfter(), memberId, ...wanted, filedMs: time.policyMs };
    await roots.put(root, memberId, wanted.tipHour);
    ctx.emit("tip-root-filed", `${memberId}.${wanted.tipHour}`, root);
    return result(root);
  }

  @Transaction()
  @Returns("string")
  async RequestOpening(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const wanted = documentArgument(request, openingRequest);
    const officer = await officerOf(ctx, caller);
    const openings = ctx.table(tables.opening);
    const existing = await openings.find(openingIdOf(wanted.cellHash, officer.memberId));
    if (isRequested(wanted, existing)) return result(existing);
    const opening = requestOpening(wanted, officer, await ctx.time());
    await openings.put(opening, opening.openingId);
    await ctx.index("opening").add(sortableTime(opening.requestedMs), opening.openingId);
    ctx.emit("opening-requested", opening.openingId, opening);
    return result(opening);
  }

  @Transaction()
  @Returns("string")
  async ApproveOpening(ctx: LedgerContext, approval: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const wanted = documentArgument(approval, openingApproval);
    const opening = await openingOf(ctx, wanted.openingId);
    assertOtherMember(opening, caller.organisation.memberId);
    const officer = await officerOf(ctx, caller);
    if (isApproved(wanted, opening, officer.memberId)) return result(opening);
    const approved = approveOpening(wanted, opening, officer, await ctx.time());
    await ctx.table(tables.opening).put(approved, approved.openingId);
    ctx.emit("opening-approved", approved.openingId, approved);
    return result(approved);
  }

  @Transaction(false)
  @Returns("string")
  async ReadHour(ctx: LedgerContext, memberId: string, tipHour: string): Promise<string> {
    await authenticateReader(ctx);
    const hour = { memberId: parseMemberId(memberId), tipHour: integerArgument(tipHour, "the hour") };
    const filed = await ctx.table(tables.tipRoot).find(hour.memberId, hour.tipHour);
    const { genesis } = ctx.network;
    const closed = await ctx.isClosed(tipRootBucket(genesis, hour.tipHour));
    return result({ ...hour, root: filed?.root ?? null, closed });
  }

  @Transaction(false)
  @Returns("string")
  async ReadOpening(ctx: LedgerContext, openingId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await openingOf(ctx, parseOpeningId(openingId)));
  }

  @Transaction(false)
  @Returns("string")
  async ListOfficers(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("tipofficer").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const officers = await Promise.all(page.items.map((id) => ctx.table(tables.tipOfficer).find(id)));
    return result({ items: await ofMembers(ctx, officers), bookmark: page.bookmark });
  }

  @Transaction(false)
  @Returns("string")
  async ListGateways(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("tipgateway").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const gateways = await Promise.all(page.items.map((id) => ctx.table(tables.tipGateway).find(id)));
    return result({ items: await ofMembers(ctx, gateways), bookmark: page.bookmark });
  }

  @Transaction(false)
  @Returns("string")
  async ListOpenings(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("opening").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items = await Promise.all(page.items.map((id) => openingOf(ctx, id)));
    return result({ items, bookmark: page.bookmark });
  }
}

async function registrarOf(ctx: LedgerContext, { organisation }: Caller) {
  await assertNamedByKey(ctx, organisation.memberId);
  return { networkId: ctx.network.id, organisation };
}

/** Of members that left nobody may be asked any more. */
async function ofMembers<T extends { readonly memberId: MemberId }>(
  ctx: LedgerContext,
  documents: readonly (T | undefined)[],
): Promise<T[]> {
  const { active } = await membersOf(ctx);
  return documents.filter(
    (each): each is T => each !== undefined && active.some(({ memberId }) => memberId === each.memberId),
  );
}

/** The case officer of the caller's member. */
async function officerOf(ctx: LedgerContext, { organisation }: Caller): Promise<TipOfficerDocument> {
  const { memberId } = organisation;
  const officer = await ctx.table(tables.tipOfficer).find(memberId);
  return required(officer, "TIP_OFFICER_UNKNOWN", `member ${memberId} has registered no case officer's key`);
}

async function openingOf(ctx: LedgerContext, openingId: string): Promise<OpeningDocument> {
  const opening = await ctx.table(tables.opening).find(openingId);
  return required(opening, "OPENING_UNKNOWN", `nobody has asked for opening ${openingId}`);
}
