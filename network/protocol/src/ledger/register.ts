import {
  type Decoded,
  type Decoder,
  hex,
  integer,
  list,
  literal,
  object,
  oneOf,
  optional,
  text,
} from "../decode.ts";
import { MAX_MEMBERS } from "../genesis.ts";
import { memberId, networkId, suretyId } from "../ids.ts";
import { memberEntry, memberParticulars } from "./membership.ts";
import { MAX_TIME_MS } from "../time.ts";
import { ledgerTime, phrase, revised } from "./shape.ts";

/** Values of the certificate attribute `comity.role` that the ledger knows. */
export const ledgerRoles = ["officer", "node", "operator", "gateway", "inspector", "surety"] as const;
export type LedgerRole = (typeof ledgerRoles)[number];

/** A founding member, or one that was admitted. */
export const memberOrganisation = object({
  ...revised,
  mspId: text(64),
  class: literal("member"),
  /** Policy time of its admission. Absent: a founder. */
  admittedMs: optional(ledgerTime),
  index: integer(1, MAX_MEMBERS),
  memberId,
  name: phrase(80),
  identityKey: hex(32),
});
export type MemberOrganisation = Decoded<typeof memberOrganisation>;

/** An insurer that a quorum of members admitted; it has a voice about its own bonds and no other. */
export const suretyOrganisation = object({
  ...revised,
  mspId: text(64),
  class: literal("surety"),
  suretyId,
  name: phrase(120),
});
export type SuretyOrganisation = Decoded<typeof suretyOrganisation>;

/** A member that left: it has no role, and nobody else gets its MSP id. */
export const formerOrganisation = object({ ...revised, mspId: text(64), class: literal("former"), memberId });
export type FormerOrganisation = Decoded<typeof formerOrganisation>;

/** An entry of the register, found by MSP id. */
export type Organisation = MemberOrganisation | SuretyOrganisation | FormerOrganisation;
export const organisation: Decoder<Organisation> = (value, path) => {
  const found = typeof value === "object" && value !== null && "class" in value ? value.class : undefined;
  if (found === "surety") return suretyOrganisation(value, path);
  return found === "former" ? formerOrganisation(value, path) : memberOrganisation(value, path);
};

const nodeShape = {
  peerId: text(64, /^[1-9A-HJ-NP-Za-km-z]{40,64}$/),
  addresses: list(text(200, /^\/[\x21-\x7e]+$/), 8, 1),
  intakeAddress: text(200, /^[A-Za-z0-9.:[\]-]+:[0-9]{1,5}$/),
};

/**
 * How to reach a member's node: its libp2p peer, multiaddresses, and `host:port` of the evidence intake. The peer's key signs
 * `peerClaimBytes`.
 */
export const nodeRequest = object({ memberId, ...nodeShape, signature: hex(64) });
export const nodeRegistration = object({ ...revised, memberId, ...nodeShape });
export type NodeRequest = Decoded<typeof nodeRequest>;
export type NodeRegistration = Decoded<typeof nodeRegistration>;

/** Which member a libp2p peer belongs to, for ever. */
export const peerClaim = object({ ...revised, memberId });

const registerMember = object({
  index: integer(1, MAX_MEMBERS),
  ...memberParticulars,
  node: optional(object({ ...nodeShape, rev: revised.rev })),
});
export type RegisterMember = Decoded<typeof registerMember>;

const clock = object({
  originMs: ledgerTime,
  scale: integer(1, 1_000_000),
  scaledMs: integer(0, MAX_TIME_MS),
  bucketMs: integer(1, MAX_TIME_MS),
});

/** What `coalition:ReadRegister` gives. */
export const registerView = object({
  networkId,
  mode: oneOf("evaluation", "production"),
  clock,
  /** How often the members have changed. */
  rev: integer(0, Number.MAX_SAFE_INTEGER),
  members: list(registerMember, MAX_MEMBERS, 4),
  /** Those that left. */
  former: list(memberEntry, MAX_MEMBERS),
  /** The change that made this revision. */
  membershipId: optional(hex(32)),
});
export type RegisterView = Decoded<typeof registerView>;
