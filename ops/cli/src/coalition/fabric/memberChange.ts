import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { membershipId, subjectOfChange } from "@comity/protocol";
import { connectAs } from "../ledgerAccess.ts";
import type { Processes } from "../ledgerEngine.ts";
import { readNetwork } from "../networkFile.ts";
import type { ProcessSpec } from "../processSpec.ts";
import { assertAdopted } from "./adoptedChange.ts";
import { healthy, localFabric, nativeProcesses } from "./localFabric.ts";
import {
  blockWith,
  type ChannelBlock,
  type Draft,
  dropDraft,
  readDraft,
  settleLeave,
  takeEffect,
} from "./membershipDraft.ts";
import type { RunningFabric } from "./runningFabric.ts";

/** Carries out the change of the members that is prepared and voted for: channel, processes, chaincode, register. */
export async function changeMembers(running: RunningFabric, processes: Processes): Promise<void> {
  const draft = await readDraft(running.layout);
  const { request } = draft;
  const subject = subjectOfChange(request);
  const stay = running.network.members.find(({ memberId }) => memberId !== subject);
  if (stay === undefined) throw new TypeError("a coalition has members");
  const keys = running.layout.keyPair(stay.memberId, "officer");
  const officer = connectAs(running.layout, running.network, stay, keys);
  try {
    await assertAdopted(officer, request);
    const block = await changeChannel(running, draft);
    await followTopology(running);
    if (request.change === "join") await receive(running, subject, block, processes);
    else await dismiss(running, subject, processes);
    await running.approveAgain();
    await officer.submitIdempotent(
      "coalition:ActivateMembership",
      membershipId(request),
      String(block.number),
    );
  } finally {
    officer.close();
  }
  await takeEffect(running.layout.nextNetworkFile, running.layout.networkFile);
  await processes.adopt(running.network);
  await dropDraft(running.layout);
}

/** @returns the block that did it, now or when this was tried before */
async function changeChannel(running: RunningFabric, { request, update }: Draft): Promise<ChannelBlock> {
  const changed = () => blockWith(running.fabric, update);
  const before = await changed();
  if (before !== undefined) return before;
  await running.fabric.sendUpdate(update, request.change === "leave" ? [request.memberId] : []);
  return running.until("the channel does not have the change", changed);
}

async function followTopology(running: RunningFabric): Promise<void> {
  const { nextTopologyFile, topologyFile, nextNetworkFile } = running.layout;
  await takeEffect(nextTopologyFile, topologyFile);
  running.fabric = await localFabric(running.layout, running.search);
  if (existsSync(nextNetworkFile)) running.network = readNetwork(running.layout, nextNetworkFile);
  await settleLeave(running.layout);
  await running.fabric.write();
  await running.connect(running.release);
}

async function receive(
  running: RunningFabric,
  memberId: string,
  { number, bytes }: ChannelBlock,
  processes: Processes,
): Promise<void> {
  const natives = nativeProcesses(running.layout, running.fabric);
  const server = running.serversOf(running.release).filter(({ name }) => name === `chaincode-${memberId}`);
  const own = natives.filter(({ name }) => [`orderer-${memberId}`, `peer-${memberId}`].includes(name));
  const known = new Set(processes.processes().map(({ name }) => name));
  // It may have been a member before, and its chaincode elsewhere.
  if (!known.has(`peer-${memberId}`)) await running.fabric.reconnect(memberId);
  for (const spec of [...own, ...server]) if (!known.has(spec.name)) processes.start(spec);
  running.servers = [...running.servers.filter(({ name }) => name !== `chaincode-${memberId}`), ...server];
  await healthy(running.fabric, running.never, running.deps);
  await writeFile(running.layout.changeBlockFile, bytes);
  await running.fabric.joinLate(memberId, running.layout.changeBlockFile);
  // Until its peer has come to that block, the channel that it knows has no such member.
  await running.shows(`peer-${memberId}`, "does not catch up", ({ height = 0 }) => height > number);
  await running.updated(memberId);
}

async function dismiss(running: RunningFabric, memberId: string, processes: Processes): Promise<void> {
  const isOwn = ({ name }: ProcessSpec): boolean => name.startsWith(`chaincode-${memberId}`);
  const servers = running.servers.filter(isOwn).map(({ name }) => name);
  running.servers = running.servers.filter((spec) => !isOwn(spec));
  for (const name of [...servers, `peer-${memberId}`, `orderer-${memberId}`]) await processes.stop(name);
}
