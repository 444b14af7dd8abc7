import {
  type LedgerRole,
  ledgerRoles,
  type MemberId,
  type MemberOrganisation,
  type OperatorId,
  parseOperatorId,
  type SuretyId,
  type SuretyOrganisation,
} from "@comity/protocol";
import type { LedgerContext } from "./ledgerContext.ts";
import { LedgerError } from "./ledgerError.ts";
import { ONLY, tables } from "./tables.ts";

type MemberRole = Exclude<LedgerRole, "surety">;

/** Who sent a transaction: a member of the register, acting in one role. */
export interface Caller {
  readonly organisation: MemberOrganisation;
  readonly role: MemberRole;
  /** For operators: which one, as their certificate says. */
  readonly operatorId: OperatorId | undefined;
}

export interface SuretyCaller {
  readonly organisation: SuretyOrganisation;
  readonly role: "surety";
}

/** The text of one certificate, and nothing before, after or beside it. */
const ONE_CERTIFICATE =
  /^-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END CERTIFICATE-----(?:\r?\n)*$/;

/**
 * The MSP that vouches for the caller. The peer and fabric-shim read the caller's certificate by themselves, and where there is more text
 * than one certificate they may find different ones: one that the MSP issued, and one with attributes of the caller's own invention.
 */
export function callerMsp({ clientIdentity }: LedgerContext): string {
  if (!ONE_CERTIFICATE.test(Buffer.from(clientIdentity.getIDBytes()).toString("latin1")))
    throw new LedgerError("CALLER_UNKNOWN", "the caller's identity must be one certificate in PEM");
  return clientIdentity.getMSPID();
}

/** The caller, if the register knows the organisation and the certificate has one of the roles, which decide who it can be. */
export async function authenticate(ctx: LedgerContext, ...roles: readonly MemberRole[]): Promise<Caller>;
export async function authenticate(ctx: LedgerContext, role: "surety"): Promise<SuretyCaller>;
export async function authenticate(
  ctx: LedgerContext,
  ...roles: readonly LedgerRole[]
): Promise<Caller | SuretyCaller>;
export async function authenticate(
  ctx: LedgerContext,
  ...roles: readonly LedgerRole[]
): Promise<Caller | SuretyCaller> {
  const organisation = await ctx.table(tables.organisation).find(callerMsp(ctx));
  if (organisation === undefined) throw await unknownCaller(ctx);
  const attribute = ctx.clientIdentity.getAttributeValue("comity.role");
  const role = roles.find((allowed) => allowed === attribute);
  if (role === undefined) throw new LedgerError("CALLER_ROLE", `this takes the role ${roles.join(" or ")}`);
  // Each organisation's own authority writes the role: one that its class has not is nobody's.
  if (organisation.class === "surety" && role === "surety") return { organisation, role };
  if (organisation.class === "member" && role !== "surety")
    return { organisation, role, operatorId: role === "operator" ? operatorOf(ctx) : undefined };
  throw new LedgerError("CALLER_ROLE", `no ${organisation.class} has the role ${role}`);
}

/** For queries: every known role may read. */
export async function authenticateReader(ctx: LedgerContext): Promise<Caller | SuretyCaller> {
  return authenticate(ctx, ...ledgerRoles);
}

export function assertSurety(caller: SuretyCaller, suretyId: SuretyId): void {
  if (caller.organisation.suretyId !== suretyId)
    throw new LedgerError("CALLER_RELATION", `this is for surety ${suretyId} to do`);
}

export function assertMember(caller: Caller, memberId: MemberId): void {
  if (caller.organisation.memberId !== memberId)
    throw new LedgerError("CALLER_RELATION", `this is for member ${memberId} to do`);
}

export function assertIndex(caller: Caller, index: number): void {
  if (caller.organisation.index !== index)
    throw new LedgerError("CALLER_RELATION", `this is for member ${index} to do`);
}

/** Officers act for their member, an operator for itself; an operator's certificate comes from its member's authority. */
export function assertActsFor(caller: Caller, subject: { memberId: MemberId; operatorId: OperatorId }): void {
  assertMember(caller, subject.memberId);
  if (caller.role === "operator" && caller.operatorId !== subject.operatorId) {
    throw new LedgerError("CALLER_RELATION", `this is for operator ${subject.operatorId} to do`);
  }
}

async function unknownCaller(ctx: LedgerContext): Promise<LedgerError> {
  return (await ctx.table(tables.genesis).find(ONLY)) === undefined
    ? new LedgerError("GENESIS_MISSING", "this ledger has no genesis record yet")
    : new LedgerError("CALLER_UNKNOWN", "the caller's organisation is not in the register");
}

function operatorOf(ctx: LedgerContext): OperatorId {
  const attribute = ctx.clientIdentity.getAttributeValue("comity.operator");
  if (attribute === null)
    throw new LedgerError("CALLER_ROLE", "the operator's certificate does not say which operator it is");
  return parseOperatorId(attribute);
}
