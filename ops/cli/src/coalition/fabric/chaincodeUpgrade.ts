import { freePorts } from "../freePorts.ts";
import type { Processes } from "../ledgerEngine.ts";
import type { ProcessSpec } from "../processSpec.ts";
import { isListening } from "../readiness.ts";
import { prepareRelease, type Release } from "../release.ts";
import type { RunningFabric } from "./runningFabric.ts";

/** A server that loads at all listens after a second or two. */
const serveTimeoutMs = 20_000;
/** Longer than a peer waits for its chaincode. */
const drainMs = 2_500;

/** Puts another chaincode in force: new servers run beside the old ones until all members have approved it. */
export async function upgradeChaincode(
  running: RunningFabric,
  programFile: string,
  processes: Processes,
): Promise<void> {
  const { members, genesis } = running.network;
  const [version, sequence] = [running.release.version + 1, running.release.sequence + 1];
  const ports = await freePorts(members.length);
  const portsById = new Map(members.map(({ memberId }, at) => [memberId as string, ports[at]]));
  // One that joins later starts with the port that it drew.
  const portOf: Release["portOf"] = ({ memberId, ports: own }) => portsById.get(memberId) ?? own.chaincode;
  const next = await prepareRelease(running.layout, genesis, { version, sequence, programFile, portOf });
  await running.connect(running.release, next);
  const [before, fresh] = [running.servers, running.serversOf(next, `-v${version}`)];
  for (const spec of fresh) processes.start(spec);
  await listening(running, fresh, members.map(portOf), processes);
  await running.putInForce(next);
  running.servers = fresh;
  // What the old servers were asked before has ended by then, or is given up.
  await running.deps.sleep(drainMs, running.never);
  await Promise.all(before.map(({ name }) => processes.stop(name)));
}

/** Nobody approves a chaincode whose servers do not serve. */
async function listening(
  running: RunningFabric,
  fresh: readonly ProcessSpec[],
  ports: readonly number[],
  processes: Processes,
): Promise<void> {
  try {
    const what = "the chaincode's servers do not all listen; see their logs";
    for (const port of ports) await running.until(what, () => isListening(port), serveTimeoutMs);
  } catch (error) {
    await Promise.all(fresh.map(({ name }) => processes.stop(name)));
    throw error;
  }
}
