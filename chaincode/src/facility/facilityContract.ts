import {
  enrolmentRequest,
  type HostDocument,
  operatorRequest,
  parseHostId,
  parseSiteId,
  type SiteDocument,
  siteRequest,
} from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, pageSizeArgument } from "../ledger/argument.ts";
import { assertActsFor, assertMember, authenticate, authenticateReader } from "../ledger/caller.ts";
import { assertNamedByKey } from "../ledger/groupKey.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";
import { tables } from "../ledger/tables.ts";
import { addSite, enrolHost, isSameSite, registerOperator, validateEnrolment } from "./facilityRules.ts";

/** Operators, their sites, and the hosts and accelerators at each. */
export class FacilityContract extends LedgerContract {
  constructor() {
    super("facility");
  }

  @Transaction()
  @Returns("string")
  async RegisterOperator(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const wanted = documentArgument(request, operatorRequest);
    assertMember(caller, wanted.memberId);
    const operators = ctx.table(tables.operator);
    const existing = await operators.find(wanted.operatorId);
    const operator = registerOperator(wanted, existing);
    if (operator === undefined) return result(existing);
    await operators.put(operator, operator.operatorId);
    ctx.emit("operator-registered", operator.operatorId, operator);
    return result(operator);
  }

  @Transaction()
  @Returns("string")
  async RegisterSite(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "operator");
    const wanted = documentArgument(request, siteRequest);
    assertActsFor(caller, wanted);
    const sites = ctx.table(tables.site);
    const existing = await sites.find(wanted.siteId);
    if (isSameSite(wanted, existing)) return result(existing);
    const stored = await ctx.table(tables.operator).find(wanted.operatorId);
    const operator = required(stored, "OPERATOR_UNKNOWN", `there is no operator ${wanted.operatorId}`);
    // Else a member could build a site under another's operator, enrol hosts of its own and have it named in an alert.
    assertMember(caller, operator.memberId);
    await assertNamedByKey(ctx, operator.memberId);
    const site: SiteDocument = { ...revisionAfter(), ...wanted };
    await ctx.table(tables.operator).put(addSite(operator, wanted), operator.operatorId);
    await sites.put(site, site.siteId);
    await ctx.index("site").add(site.siteId);
    ctx.emit("site-registered", site.siteId, site);
    return result(site);
  }

  @Transaction()
  @Returns("string")
  async EnrolHosts(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "operator");
    const wanted = documentArgument(request, enrolmentRequest);
    validateEnrolment(wanted, ctx.network.id);
    const site = await siteOf(ctx, wanted.siteId);
    assertActsFor(caller, site);
    const enrolled: HostDocument[] = [];
    for (const request of wanted.hosts) {
      const host = enrolHost(request, site, await ctx.table(tables.host).find(request.hostId));
      if (host !== undefined) enrolled.push(host);
    }
    for (const host of enrolled) await storeHost(ctx, host);
    if (enrolled.length > 0) ctx.emit("hosts-enrolled", site.siteId, site);
    return result({ siteId: site.siteId, enrolled: enrolled.length });
  }

  @Transaction(false)
  @Returns("string")
  async ReadSite(ctx: LedgerContext, siteId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await siteOf(ctx, parseSiteId(siteId)));
  }

  @Transaction(false)
  @Returns("string")
  async ReadHost(ctx: LedgerContext, hostId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await hostOf(ctx, parseHostId(hostId)));
  }

  @Transaction(false)
  @Returns("string")
  async ListSites(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("site").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items = await Promise.all(page.items.map((siteId) => siteOf(ctx, siteId)));
    return result({ items, bookmark: page.bookmark });
  }

  @Transaction(false)
  @Returns("string")
  async ListHosts(ctx: LedgerContext, siteId: string, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const index = ctx.index("host", parseSiteId(siteId));
    const page = await index.list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items = await Promise.all(page.items.map((hostId) => hostOf(ctx, hostId)));
    return result({ items, bookmark: page.bookmark });
  }
}

async function siteOf(ctx: LedgerContext, siteId: string): Promise<SiteDocument> {
  return required(await ctx.table(tables.site).find(siteId), "SITE_UNKNOWN", `there is no site ${siteId}`);
}

async function hostOf(ctx: LedgerContext, hostId: string): Promise<HostDocument> {
  return required(await ctx.table(tables.host).find(hostId), "HOST_UNKNOWN", `there is no host ${hostId}`);
}

/** A serial belongs to one host for ever, wherever in the network somebody enrols it again. */
async function storeHost(ctx: LedgerContext, host: HostDocument): Promise<void> {
  for (const { serial } of host.accelerators) {
    const claim = await ctx.table(tables.serial).find(serial);
    if (claim !== undefined)
      throw new LedgerError("SERIAL_TAKEN", `accelerator ${serial} is enrolled in another host`);
    await ctx.table(tables.serial).put({ ...revisionAfter(), hostId: host.hostId }, serial);
  }
  await ctx.table(tables.host).put(host, host.hostId);
  await ctx.index("host", host.siteId).add(host.hostId);
}
