import {
  hex,
  isListed,
  type LedgerEventType,
  nominationRequest,
  oneOf,
  parseVenueId,
  phrase,
  publicationRequest,
  type VenueDocument,
  voteRequest,
} from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, integerArgument, pageSizeArgument } from "../ledger/argument.ts";
import { bls } from "../ledger/bls.ts";
import {
  assertMember,
  authenticate,
  authenticateReader,
  type Caller,
  type SuretyCaller,
} from "../ledger/caller.ts";
import { recordInForce } from "../ledger/groupKey.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { membersOf } from "../ledger/members.ts";
import { sortableTime } from "../ledger/orderedIndex.ts";
import { tables } from "../ledger/tables.ts";
import {
  type CaseCircumstances,
  castVote,
  isSameNomination,
  nominate,
  openVote,
  publish,
  respond,
  serve,
} from "./designationRules.ts";
import { isPublished, verifyPublication } from "./publicationRules.ts";

type Reader = Pick<Caller | SuretyCaller, "organisation" | "role">;

const hash = hex(32);
const question = oneOf("designate", "delist");
const reasonForVote = phrase(400);

/** Cases against venues, from nomination to listing and the end of it. */
export class DesignationContract extends LedgerContract {
  constructor() {
    super("designation");
  }

  @Transaction()
  @Returns("string")
  async Nominate(ctx: LedgerContext, request: string): Promise<string> {
    const circumstances = await officersCircumstances(ctx, await authenticate(ctx, "officer"));
    const wanted = documentArgument(request, nominationRequest);
    const existing = await ctx.table(tables.venue).find(wanted.venueId);
    if (existing !== undefined) {
      if (isSameNomination(wanted, circumstances.memberId, existing)) return result(existing);
      throw new LedgerError("VENUE_EXISTS", `case ${wanted.venueId} is another one: use a new id`);
    }
    const venue = nominate(wanted, circumstances);
    await ctx.index("venue").add(sortableTime(venue.nominatedMs), venue.venueId);
    return result(await store(ctx, "venue-nominated", venue, undefined));
  }

  @Transaction()
  @Returns("string")
  async Serve(ctx: LedgerContext, venueId: string, proofHash: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const proof = hash(proofHash, "the proof's hash");
    const venue = await caseOf(ctx, parseVenueId(venueId));
    assertMember(caller, venue.nominatedBy);
    const served = serve(venue, proof, await officersCircumstances(ctx, caller));
    return result(served === undefined ? venue : await store(ctx, "venue-served", served, venue));
  }

  @Transaction()
  @Returns("string")
  async Respond(ctx: LedgerContext, venueId: string, responseHash: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const response = hash(responseHash, "the response's hash");
    const venue = await caseOf(ctx, parseVenueId(venueId));
    const responded = respond(venue, response, await officersCircumstances(ctx, caller));
    return result(responded === undefined ? venue : await store(ctx, "venue-responded", responded, venue));
  }

  @Transaction()
  @Returns("string")
  async OpenVote(ctx: LedgerContext, venueId: string, about: string, reason: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const opening = {
      question: question(about, "the question"),
      reason: reasonForVote(reason, "the reason"),
    };
    const venue = await caseOf(ctx, parseVenueId(venueId));
    const circumstances = await officersCircumstances(ctx, caller);
    const electorate = (await membersOf(ctx)).active.length;
    const opened = openVote(venue, opening, { ...circumstances, electorate });
    return result(opened === undefined ? venue : await store(ctx, "venue-vote-opened", opened, venue));
  }

  @Transaction()
  @Returns("string")
  async Vote(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const wanted = documentArgument(request, voteRequest);
    const venue = await caseOf(ctx, wanted.venueId);
    const voted = castVote(venue, wanted, await officersCircumstances(ctx, caller));
    if (voted === undefined) return result(venue);
    const isSettled = voted.status !== venue.status;
    return result(await store(ctx, isSettled ? "venue-decided" : "venue-voted", voted, venue));
  }

  @Transaction()
  @Returns("string")
  async Publish(ctx: LedgerContext, request: string): Promise<string> {
    await authenticate(ctx, "node");
    const { venueId, ...signed } = documentArgument(request, publicationRequest);
    const venue = await caseOf(ctx, venueId);
    if (isPublished(venue, signed)) return result(venue);
    const network = ctx.network;
    const record = await recordInForce(ctx, signed.keyEpoch);
    verifyPublication(venue, signed, record, { network, bls });
    const circumstances = { genesis: network.genesis, time: await ctx.time() };
    return result(await store(ctx, "venue-published", publish(venue, signed, circumstances), venue));
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext, venueId: string): Promise<string> {
    return result(await readableCase(ctx, parseVenueId(venueId)));
  }

  /** What a case was before it was listed is as public as what it is now. */
  @Transaction(false)
  @Returns("string")
  async ReadRevision(ctx: LedgerContext, venueId: string, rev: string): Promise<string> {
    const { venueId: id } = await readableCase(ctx, parseVenueId(venueId));
    const revision = await ctx.revisions(venueTables).find(id, integerArgument(rev, "the revision"));
    return result(required(revision, "VENUE_REVISION_UNKNOWN", `case ${id} has no revision ${rev}`));
  }

  /** Pages may be shorter for callers who may not read all cases. */
  @Transaction(false)
  @Returns("string")
  async List(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    const caller = await authenticateReader(ctx);
    const page = await ctx.index("venue").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const venues = await Promise.all(page.items.map((venueId) => caseOf(ctx, venueId)));
    return result({ items: venues.filter((venue) => mayRead(caller, venue)), bookmark: page.bookmark });
  }
}

/** Until a case is listed it is the members' own business: the venue may be innocent, and an operator may be the venue. */
function mayRead({ organisation, role }: Reader, venue: VenueDocument): boolean {
  const isInside = organisation.class === "member" && role !== "operator";
  return isInside || isListed(venue);
}

/** A case that the caller may not read is for it as if it were not there. */
async function readableCase(ctx: LedgerContext, venueId: string): Promise<VenueDocument> {
  const caller = await authenticateReader(ctx);
  const venue = await ctx.table(tables.venue).find(venueId);
  return required(venue && mayRead(caller, venue) ? venue : undefined, "VENUE_UNKNOWN", unknown(venueId));
}

async function caseOf(ctx: LedgerContext, venueId: string): Promise<VenueDocument> {
  return required(await ctx.table(tables.venue).find(venueId), "VENUE_UNKNOWN", unknown(venueId));
}

const venueTables = { current: tables.venue, superseded: tables.venueRevision };
const unknown = (venueId: string): string => `there is no case ${venueId}`;

async function officersCircumstances(ctx: LedgerContext, caller: Caller): Promise<CaseCircumstances> {
  const { genesis } = ctx.network;
  const { memberId, admittedMs } = caller.organisation;
  return { genesis, time: await ctx.time(), memberId, admittedMs };
}

async function store(
  ctx: LedgerContext,
  type: LedgerEventType,
  venue: VenueDocument,
  previous: VenueDocument | undefined,
): Promise<VenueDocument> {
  await ctx.revisions(venueTables).put(venue, previous, venue.venueId);
  ctx.emit(type, venue.venueId, venue);
  return venue;
}
