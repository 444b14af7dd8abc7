import {
  type Decoded,
  type Decoder,
  hex,
  integer,
  list,
  literal,
  nullable,
  object,
  oneOf,
  text,
} from "../decode.ts";
import { encodeCanonical } from "../canonical.ts";
import { sha256, toHex } from "../bytes.ts";
import { MAX_MEMBERS } from "../genesis.ts";
import { memberId } from "../ids.ts";
import { phrase, revised } from "./shape.ts";

/** Above it a voted subset would have to order; SmartBFT's messages grow with the square of the orderers. */
export const MAX_ACTIVE_MEMBERS = 16;
/** Fewer could bear no member that fails. */
export const MIN_ACTIVE_MEMBERS = 4;

export const memberParticulars = {
  memberId,
  name: phrase(80),
  mspId: text(64, /^[A-Za-z0-9.-]+$/),
  identityKey: hex(32),
};

/** A member by its place in keys and rings, which it keeps for ever. */
export const memberEntry = object({ index: integer(1, MAX_MEMBERS), ...memberParticulars });
export type MemberEntry = Decoded<typeof memberEntry>;

export const changeReason = phrase(500);

const change = {
  /** Revision of the register that it changes; 0 is the one that genesis founded. Another change before it makes it void. */
  registerRev: integer(0, Number.MAX_SAFE_INTEGER),
  reason: changeReason,
  /** SHA-256 of the ConfigUpdate that makes the channel what the register will be. */
  configUpdate: hex(32),
};

const joining = object({
  change: literal("join"),
  ...change,
  /** With the signature of its identity key over `memberClaimBytes`. */
  member: object({ ...memberParticulars, signature: hex(64) }),
});
const leaving = object({ change: literal("leave"), ...change, memberId });

/** What members vote on, each with the same bytes: one member more, or one less. */
export type MembershipRequest = Decoded<typeof joining> | Decoded<typeof leaving>;
export const membershipRequest: Decoder<MembershipRequest> = (value, path) =>
  isLeaving(value) ? leaving(value, path) : joining(value, path);

function isLeaving(value: unknown): boolean {
  return typeof value === "object" && value !== null && "change" in value && value.change === "leave";
}

/** SHA-256 of the canonical request. */
export function membershipId(request: MembershipRequest): string {
  return toHex(sha256(encodeCanonical(request)));
}

/** The member whom a change is about. */
export function subjectOfChange(request: MembershipRequest): string {
  return request.change === "join" ? request.member.memberId : request.memberId;
}

export const membershipStatuses = ["proposed", "adopted", "active"] as const;

/** A change of the members, from the first vote for it to the day on which it holds. */
export const membershipDocument = object({
  ...revised,
  membershipId: hex(32),
  request: membershipRequest,
  /** Who is for it: the q-th vote adopts it, and the channel may be changed. */
  votes: list(memberId, MAX_MEMBERS),
  status: oneOf(...membershipStatuses),
  /** Once the channel is changed: the block that did it, and whose officer says so. */
  activation: nullable(object({ configBlock: integer(1, Number.MAX_SAFE_INTEGER), by: memberId })),
});
export type MembershipDocument = Decoded<typeof membershipDocument>;

/** Who the members are, since the first change. Until then genesis says it. */
export const registerDocument = object({
  ...revised,
  members: list(memberEntry, MAX_MEMBERS, MIN_ACTIVE_MEMBERS),
  /** Those that left; whoever comes back is who it was. */
  former: list(memberEntry, MAX_MEMBERS),
  /** The change that made this revision. */
  membershipId: hex(32),
});
export type RegisterDocument = Decoded<typeof registerDocument>;
