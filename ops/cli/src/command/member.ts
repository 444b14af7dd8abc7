import {
  canonicalString,
  type MembershipDocument,
  membershipDocument,
  membershipId,
  membershipRequest,
  type MembershipRequest,
  quorumOf,
  type RegisterView,
  registerView,
  subjectOfChange,
} from "@comity/protocol";
import { type LedgerClient, readAll } from "@comity/ledger";
import { memberOf } from "../coalition/networkFile.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { documentOf, readObject } from "./documentFile.ts";
import { asOfficer, findNetwork, firstMember } from "./network.ts";

/** Who the members are, who left, and what changes of them are proposed or were made. */
export async function listMembers(dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const { register, changes } = await asOfficer(found, firstMember(found), async (ledger) => ({
    register: await readRegister(ledger),
    changes: await readAll(ledger, "coalition:ListMemberships", membershipDocument),
  }));
  const members = [
    ...register.members.map((member) => [
      String(member.index),
      member.memberId,
      member.name,
      member.mspId,
      "",
    ]),
    ...register.former.map((member) => [
      String(member.index),
      member.memberId,
      member.name,
      member.mspId,
      "left",
    ]),
  ];
  const needed = quorumOf(register.members.length);
  out.result({ ok: true, register, changes }, [
    ...table(["", "member", "name", "MSP", ""], members),
    "",
    `A quorum is ${needed} of ${register.members.length}.`,
    ...(changes.length === 0 ? [] : ["", ...table(["change", "votes", ""], changes.map(rowOf))]),
  ]);
}

/** An officer's vote for a change of the members, as a file has it word for word. */
export async function voteMembership(
  file: string,
  options: { readonly dataDir: string; readonly member?: string },
  out: Terminal,
): Promise<void> {
  const request = documentOf(membershipRequest, readObject(file), `${file} is no change of the members`);
  const found = findNetwork(options.dataDir);
  const voter = options.member === undefined ? firstMember(found) : memberOf(found.network, options.member);
  const change = await asOfficer(found, voter, async (ledger) => {
    await ledger.submitIdempotent("coalition:ProposeMembership", canonicalString(request));
    const bytes = await ledger.evaluate("coalition:ReadMembership", membershipId(request));
    return membershipDocument(JSON.parse(Buffer.from(bytes).toString()));
  });
  const next =
    change.status === "proposed"
      ? "More votes are needed."
      : "It is adopted: the channel may be changed with `comity fabric apply`.";
  out.result({ ok: true, change }, [
    `${voter.name} is for it that ${sentenceOf(request)}, by the update of the channel ${request.configUpdate}.`,
    `The reason: ${request.reason}`,
    `So far: ${change.votes.join(", ")}. ${next}`,
  ]);
}

export async function readRegister(ledger: Pick<LedgerClient, "evaluate">): Promise<RegisterView> {
  const bytes = await ledger.evaluate("coalition:ReadRegister");
  return registerView(JSON.parse(Buffer.from(bytes).toString()));
}

/** Without a full stop. */
export function sentenceOf(request: MembershipRequest): string {
  const who = request.change === "join" ? request.member.name : subjectOfChange(request);
  return `${who} ${request.change === "join" ? "joins" : "leaves"}`;
}

function rowOf({ request, votes, status, activation }: MembershipDocument): string[] {
  const block = activation === null ? "" : `, since block ${activation.configBlock} of the channel`;
  return [sentenceOf(request), votes.join(", "), `${status}${block}`];
}
