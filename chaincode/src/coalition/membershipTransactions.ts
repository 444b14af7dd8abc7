import {
  formerOrganisation,
  type MemberEntry,
  memberOrganisation,
  type MembershipDocument,
  membershipId as idOf,
  membershipRequest,
  type MembershipRequest,
  type RegisterDocument,
  subjectOfChange,
} from "@comity/protocol";
import { documentArgument } from "../ledger/argument.ts";
import type { Caller } from "../ledger/caller.ts";
import { currentRecord } from "../ledger/groupKey.ts";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { membersOf } from "../ledger/members.ts";
import { revisionAfter } from "../ledger/table.ts";
import { ONLY, tables } from "../ledger/tables.ts";
import { activateChange, type MembershipCircumstances, voteForChange } from "./membershipRules.ts";

/** An officer's vote for a change of the members; the first one proposes it. */
export async function proposeMembership(
  ctx: LedgerContext,
  { organisation }: Caller,
  argument: string,
): Promise<MembershipDocument> {
  const request = documentArgument(argument, membershipRequest);
  const membershipId = idOf(request);
  const existing = await ctx.table(tables.membership).find(membershipId);
  const change = voteForChange(request, existing, organisation.memberId, await circumstancesOf(ctx));
  if (change === undefined) return required(existing, "MEMBERSHIP_UNKNOWN", "there is no such change");
  await assertFree(ctx, request);
  await ctx.table(tables.membership).put(change, membershipId);
  if (existing === undefined) await ctx.index("membership").add(membershipId);
  ctx.emit(change.status === "adopted" ? "membership-adopted" : "membership-proposed", membershipId, change);
  return change;
}

/** The register follows the channel, which an officer has seen changed in that block. */
export async function activateMembership(
  ctx: LedgerContext,
  { organisation }: Caller,
  membershipId: string,
  configBlock: number,
): Promise<MembershipDocument> {
  const adopted = await membershipOf(ctx, membershipId);
  if (adopted.status === "active") return adopted;
  const activation = { configBlock, by: organisation.memberId };
  const { change, register } = activateChange(adopted, activation, await circumstancesOf(ctx));
  await assertFree(ctx, change.request);
  await ctx.table(tables.membership).put(change, membershipId);
  await ctx.table(tables.register).put(register, ONLY);
  await storeEntry(ctx, change.request, register);
  ctx.emit(change.request.change === "join" ? "member-joined" : "member-left", membershipId, change);
  return change;
}

export async function membershipOf(ctx: LedgerContext, membershipId: string): Promise<MembershipDocument> {
  const stored = await ctx.table(tables.membership).find(membershipId);
  return required(stored, "MEMBERSHIP_UNKNOWN", "there is no such change of the members");
}

async function circumstancesOf(ctx: LedgerContext): Promise<MembershipCircumstances> {
  const { id: networkId } = ctx.network;
  return { networkId, members: await membersOf(ctx), record: await currentRecord(ctx) };
}

/** Else a vote could put a member in the place of a surety. */
async function assertFree(ctx: LedgerContext, request: MembershipRequest): Promise<void> {
  if (request.change === "leave") return;
  const { mspId } = request.member;
  const entry = await ctx.table(tables.organisation).find(mspId);
  if (entry?.class === "surety")
    throw new LedgerError("MEMBER_EXISTS", `MSP ${mspId} is in the register already`);
}

/** What certificates of the member's authority are worth from now on. */
async function storeEntry(
  ctx: LedgerContext,
  request: MembershipRequest,
  register: RegisterDocument,
): Promise<void> {
  const organisations = ctx.table(tables.organisation);
  const id = subjectOfChange(request);
  const isMeant = ({ memberId }: MemberEntry): boolean => memberId === id;
  const member = register.members.find(isMeant) ?? register.former.find(isMeant);
  const { mspId, memberId } = required(member, "MEMBER_UNKNOWN", `there is no member ${id}`);
  const revision = revisionAfter(await organisations.find(mspId));
  const entry =
    request.change === "join"
      ? memberOrganisation({
          ...{ ...revision, class: "member", ...member },
          admittedMs: (await ctx.time()).policyMs,
        })
      : formerOrganisation({ ...revision, class: "former", mspId, memberId });
  await organisations.put(entry, mspId);
}
