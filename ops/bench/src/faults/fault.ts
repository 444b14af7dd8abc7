import { setTimeout as pause } from "node:timers/promises";
import type { Coalition } from "@comity/cli";

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
  return (await orderers(coalition)).find(({ isLeader }) => isLeader)?.name ?? "orderer-xa";
}

async function follower(coalition: Coalition): Promise<string> {
  return (await orderers(coalition)).findLast(({ isLeader }) => !isLeader)?.name ?? "orderer-xd";
}

function orderers({ network }: Coalition) {
  return Promise.all(
    network.members.map(async ({ memberId, ports }) => {
      const response = await fetch(`http://127.0.0.1:${ports.ordererOperations ?? 0}/metrics`);
      const isLeader = /^consensus_BFT_is_leader\{[^}]*\} 1$/m.test(await response.text());
      return { name: `orderer-${memberId}`, isLeader };
    }),
  );
}
