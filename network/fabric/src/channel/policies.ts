import { quorumOf } from "@comity/protocol";
import type { Topology } from "../topology.ts";

/** As configtxgen reads it. */
export interface Policy {
  readonly Type: "Signature" | "ImplicitMeta";
  readonly Rule: string;
}

type Role = "admin" | "client" | "peer" | "member";

/** One of an organisation's own certificates with one of these node units. */
export function anyOf(mspId: string, ...roles: readonly Role[]): Policy {
  return signature(`OR(${roles.map((role) => principal(mspId, role)).join(", ")})`);
}

/**
 * As many members as the coalition needs for everything: 3 of 4, 5 of 7. Never Fabric's MAJORITY, which is 4 of 7 and counts whoever is in the
 * channel, sureties too.
 */
export function quorum({ members }: Topology, role: Role): Policy {
  const principals = members.map(({ mspId }) => principal(mspId, role));
  return signature(`OutOf(${[quorumOf(members.length), ...principals].join(", ")})`);
}

/** Any organisation of the group. */
export function any(policy: "Readers" | "Writers"): Policy {
  return { Type: "ImplicitMeta", Rule: `ANY ${policy}` };
}

/** The whole channel's settings need what its orderers' and its application's each need. */
export const allAdmins: Policy = { Type: "ImplicitMeta", Rule: "ALL Admins" };

function signature(Rule: string): Policy {
  return { Type: "Signature", Rule };
}

function principal(mspId: string, role: Role): string {
  return `'${mspId}.${role}'`;
}
