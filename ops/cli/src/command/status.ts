import { policyTime } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { isReady } from "../coalition/readiness.ts";
import { consoleUrl } from "../coalition/processes.ts";
import type { NetworkMember } from "../coalition/networkFile.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { findNetwork } from "./network.ts";
import { type NodeStatus, type OpenProposal, readProposals, readStatus } from "./nodeConsole.ts";

interface MemberStatus {
  readonly member: NetworkMember;
  readonly status: NodeStatus | undefined;
  readonly proposals: readonly OpenProposal[];
}

/** Who is up, which key is in force, and what each open proposal waits for. */
export async function showStatus(dataDir: string, out: Terminal, nowMs: number): Promise<void> {
  const { network, genesis, layout } = findNetwork(dataDir);
  const gateway = consoleUrl(network.gatewayPort);
  const [members, isGatewayUp] = await Promise.all([
    Promise.all(network.members.map(memberStatus)),
    isReady(gateway, AbortSignal.timeout(3_000)),
  ]);
  if (!isGatewayUp && members.every(({ status }) => status === undefined)) {
    throw new CliError(
      "NETWORK_UNREACHABLE",
      `No process of the coalition in ${layout.root} answers. Start it with \`comity up --data-dir ${layout.root}\`.`,
    );
  }
  const proposals = distinct(members);
  const keyEpoch = Math.max(...members.map(({ status }) => status?.keyEpoch ?? 0));
  const policyNow = new Date(policyTime(genesis.clock, nowMs)).toISOString();
  const value = {
    genesis: network.genesis,
    mode: genesis.mode,
    policyTime: policyNow,
    threshold: genesis.threshold,
    keyEpoch,
    gateway: { url: gateway, ready: isGatewayUp },
    members: members.map(({ member: { memberId, name, ports }, status }) => ({
      memberId,
      name,
      console: consoleUrl(ports.console),
      up: status !== undefined,
      ready: status?.isReady ?? false,
      missing: status?.missing ?? [],
      ledgerHeight: status?.ledgerHeight ?? null,
    })),
    proposals,
  };
  out.result(value, [
    `Coalition ${network.genesis}`,
    `Mode ${genesis.mode}: policy time runs ${genesis.clock.scale} times as fast at first; it is ${policyNow}.`,
    keyEpoch === 0
      ? "No key is in force yet."
      : `Key epoch ${keyEpoch}; ${genesis.threshold} members sign together.`,
    "",
    ...table(["member", "node", "ledger", "console"], members.map(row)),
    ["gateway", isGatewayUp ? "ready" : "does not answer", gateway].join("  "),
    "",
    ...(proposals.length === 0 ? ["No proposal is open."] : proposals.flatMap(proposalLines)),
  ]);
}

async function memberStatus(member: NetworkMember): Promise<MemberStatus> {
  const { console } = member.ports;
  const [status, proposals] = await Promise.all([readStatus(console), readProposals(console)]);
  return { member, status, proposals };
}

/** Nodes hear of signatures at different times: the one that knows most speaks for a proposal. */
function distinct(members: readonly MemberStatus[]): OpenProposal[] {
  const byDigest = new Map<string, OpenProposal>();
  for (const proposal of members.flatMap(({ proposals }) => proposals)) {
    const known = byDigest.get(proposal.digest);
    if (known === undefined || known.missing.length > proposal.missing.length)
      byDigest.set(proposal.digest, proposal);
  }
  return [...byDigest.values()];
}

function row({ member, status }: MemberStatus): string[] {
  const url = consoleUrl(member.ports.console);
  if (status === undefined) return [member.name, "does not answer", "", url];
  const state = status.isReady ? "ready" : `not ready: ${status.missing.join("; ")}`;
  return [member.name, state, `height ${status.ledgerHeight}`, url];
}

function proposalLines({ digest, subject, signed, refused, missing, why }: OpenProposal): string[] {
  return [
    `Proposal ${digest.slice(0, 12)}… about ${subject}: ${why}`,
    `  signed: ${listed(signed)}; refused: ${listed(refused)}; missing: ${listed(missing)}`,
  ];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "nobody" : names.join(", ");
}
