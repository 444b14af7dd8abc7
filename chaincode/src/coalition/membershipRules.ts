import {
  type EpochRecord,
  faultBound,
  fromHex,
  isStrongEd25519Key,
  MAX_ACTIVE_MEMBERS,
  MAX_MEMBERS,
  memberClaimBytes,
  type MemberEntry,
  type MemberId,
  type MembershipDocument,
  membershipId,
  type MembershipRequest,
  MIN_ACTIVE_MEMBERS,
  type NetworkId,
  quorumOf,
  type RegisterDocument,
  verifyEd25519,
} from "@comity/protocol";
import { LedgerError } from "../ledger/ledgerError.ts";
import type { Members } from "../ledger/members.ts";
import { revisionAfter } from "../ledger/table.ts";

/** What a change of the members is judged by. */
export interface MembershipCircumstances {
  readonly networkId: NetworkId;
  readonly members: Members;
  /** Of the key in force, if there is one. */
  readonly record: EpochRecord | undefined;
}

type Entries = Pick<Members, "active" | "former">;

/** The members as a change leaves them. @throws LedgerError where it may not be made */
export function membersAfter(request: MembershipRequest, circumstances: MembershipCircumstances): Entries {
  const { members, networkId, record } = circumstances;
  if (request.registerRev !== members.rev)
    throw new LedgerError(
      "MEMBERSHIP_STALE",
      `the register has revision ${members.rev}, and the change is of revision ${request.registerRev}`,
    );
  const after =
    request.change === "join" ? joined(request.member, members, networkId) : left(request.memberId, members);
  assertKeyBears(after.active, record);
  return after;
}

type Candidate = Extract<MembershipRequest, { change: "join" }>["member"];

function joined({ signature, ...member }: Candidate, members: Members, networkId: NetworkId): Entries {
  const { active, former } = members;
  if (active.length >= MAX_ACTIVE_MEMBERS)
    throw new LedgerError("MEMBERSHIP_SIZE", `a coalition has at most ${MAX_ACTIVE_MEMBERS} members`);
  const key = fromHex(member.identityKey, 32);
  const claim = memberClaimBytes(networkId, member.memberId, member.mspId);
  if (!isStrongEd25519Key(key) || !verifyEd25519(key, claim, fromHex(signature, 64)))
    throw new LedgerError("MEMBER_SIGNATURE", "the identity key did not sign that it is this member's");
  const index = indexOf(member, members);
  const entries = [...active, { index, ...member }].sort((a, b) => a.index - b.index);
  return { active: entries, former: former.filter((each) => each.index !== index) };
}

/** Who comes back is who it was, with its place in the key; nobody else takes an id, an MSP or a key that a member has or had. */
function indexOf(member: Omit<Candidate, "signature">, { active, former }: Members): number {
  const isSame = (each: MemberEntry, name: "memberId" | "mspId" | "identityKey"): boolean =>
    each[name] === member[name];
  const names = ["memberId", "mspId", "identityKey"] as const;
  const alike = [...active, ...former].filter((each) => names.some((name) => isSame(each, name)));
  const returning = former.find((each) => names.every((name) => isSame(each, name)));
  if (alike.length > (returning === undefined ? 0 : 1))
    throw new LedgerError("MEMBER_EXISTS", "a member has or had this id, this MSP or this identity key");
  if (returning !== undefined) return returning.index;
  const index = Math.max(...[...active, ...former].map((each) => each.index)) + 1;
  if (index > MAX_MEMBERS)
    throw new LedgerError("MEMBERSHIP_SIZE", `a coalition has had at most ${MAX_MEMBERS} members`);
  return index;
}

function left(memberId: MemberId, { active, former }: Members): Entries {
  const leaving = active.find((each) => each.memberId === memberId);
  if (leaving === undefined) throw new LedgerError("MEMBER_UNKNOWN", `there is no member ${memberId}`);
  if (active.length <= MIN_ACTIVE_MEMBERS)
    throw new LedgerError("MEMBERSHIP_SIZE", `a coalition has at least ${MIN_ACTIVE_MEMBERS} members`);
  return { active: active.filter((each) => each !== leaving), former: [...former, leaving] };
}

/**
 * Who leaves keeps its share until the key is made anew: those away, with as many faulty ones as the key bears, must not come to its threshold, and
 * those who stay must.
 */
function assertKeyBears(active: readonly MemberEntry[], record: EpochRecord | undefined): void {
  if (record === undefined)
    throw new LedgerError("MEMBERSHIP_KEY", "members join and leave once the coalition has its key");
  const stay = record.members.filter(({ index }) => active.some((each) => each.index === index)).length;
  const away = record.members.length - stay;
  if (stay < record.threshold || away + faultBound(record.members.length) >= record.threshold)
    throw new LedgerError("MEMBERSHIP_KEY", `too many holders of the key would be away: ${away}`);
}

/** The change with a member's vote, or undefined where that member voted already. The q-th vote adopts it. */
export function voteForChange(
  request: MembershipRequest,
  existing: MembershipDocument | undefined,
  voter: MemberId,
  circumstances: MembershipCircumstances,
): MembershipDocument | undefined {
  const before = existing?.votes ?? [];
  if (existing?.status === "active" || before.includes(voter)) return undefined;
  membersAfter(request, circumstances);
  const votes = [...before, voter];
  const isAdopted = votes.length >= quorumOf(circumstances.members.active.length);
  return {
    ...revisionAfter(existing),
    membershipId: membershipId(request),
    ...{ request, votes, status: isAdopted ? "adopted" : "proposed", activation: null },
  };
}

export interface Activation {
  readonly change: MembershipDocument;
  readonly register: RegisterDocument;
}

/** Puts an adopted change in force: the block that changed the channel is on record, with the member that says so. */
export function activateChange(
  change: MembershipDocument,
  activation: NonNullable<MembershipDocument["activation"]>,
  circumstances: MembershipCircumstances,
): Activation {
  const { membershipId, request } = change;
  if (change.status !== "adopted")
    throw new LedgerError("MEMBERSHIP_OPEN", "a quorum of the members has not voted for this change");
  const { active, former } = membersAfter(request, circumstances);
  return {
    change: { ...change, ...revisionAfter(change), status: "active", activation },
    register: {
      ...revisionAfter(circumstances.members.document),
      ...{ members: [...active], former: [...former], membershipId },
    },
  };
}
