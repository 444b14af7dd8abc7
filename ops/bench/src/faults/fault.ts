import { setTimeout as pause } from "node:timers/promises";
import type { Coalition, NetworkMember } from "@comity/cli";

export const blows = ["SIGKILL", "SIGSTOP"] as const;
export type Blow = (typeof blows)[number];

export interface Fault {
  /** What is hit, in words. */
  readonly target: string;
  readonly blow: Blow;
  /** Of the coalition's processes; found when its turn comes. */
  readonly find: (coalition: Coalition) => Promise<string>;
}

/** Every kind of process, killed and stopped in its tracks. The callers are of the first member. */
export function allFaults(): Fault[] {
  const targets: [string, Fault["find"]][] = [
    ["leader orderer", leader],
    ["follower orderer", follower],
    ["another member's peer", () => Promise.resolve("peer-xb")],
    ["another member's chaincode server", () => Promise.resolve("chaincode-xc")],
    ["the callers' own chaincode server", () => Promise.resolve("chaincode-xa")],
    ["the callers' own gateway's peer", () => Promise.resolve("peer-xa")],
  ];
  return targets.flatMap(([target, find]) => blows.map((blow) => ({ target, blow, find })));
}

/** Hits the process, leaves it so for a while, and brings it back. */
export async function inflict(
  coalition: Coalition,
  { blow, find }: Fault,
  heldMs: number,
): Promise<{ hitMs: number; healedMs: number }> {
  const name = await find(coalition);
  const hitMs = Date.now();
  if (blow === "SIGKILL") await coalition.kill(name);
  else coalition.signal(name, blow);
  await pause(heldMs);
  if (blow === "SIGKILL") await coalition.restart(name);
  else coalition.signal(name, "SIGCONT");
  return { hitMs, healedMs: Date.now() };
}

async function leader(coalition: Coalition): Promise<string> {
  const { members } = coalition.network;
  const named = await Promise.all(members.map((member) => metric(member, "consensus_BFT_leader_id")));
  const votes = (id: number): number => named.filter((each) => each === id).length;
  const [most = 1] = named.flatMap((id) => id ?? []).sort((a, b) => votes(b) - votes(a));
  return `orderer-${members[most - 1]?.memberId ?? ""}`;
}

async function follower(coalition: Coalition): Promise<string> {
  const leading = await leader(coalition);
  const names = coalition.network.members.map(({ memberId }) => `orderer-${memberId}`);
  return names.findLast((name) => name !== leading) ?? "";
}

/** Resolves once every orderer has as many blocks as the others, or nearly: then all of them work again. */
export async function caughtUp({ network }: Coalition, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const blocks = await Promise.all(
      network.members.map((member) => metric(member, "ledger_blockchain_height")),
    );
    const known = blocks.flatMap((block) => block ?? []);
    if (known.length === blocks.length && Math.max(...known) - Math.min(...known) <= 3) return true;
    await pause(1_000);
  }
  return false;
}

/** A metric of a member's orderer; undefined where it does not answer. */
async function metric({ ports }: NetworkMember, name: string): Promise<number | undefined> {
  try {
    const url = `http://127.0.0.1:${ports.ordererOperations ?? 0}/metrics`;
    const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
    const value = new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, "m").exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined;
  }
}
