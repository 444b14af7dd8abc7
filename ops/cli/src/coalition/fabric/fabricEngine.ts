import type { SearchPath } from "@comity/fabric";
import type { Layout } from "../layout.ts";
import type { LedgerEngine, Upkeep } from "../ledgerEngine.ts";
import type { Network, NetworkMember } from "../networkFile.ts";
import type { WaitDeps } from "../readiness.ts";
import { prepareRelease, readCommitted, type Release } from "../release.ts";
import { upgradeChaincode } from "./chaincodeUpgrade.ts";
import { healthy, localFabric, nativeProcesses } from "./localFabric.ts";
import { changeMembers } from "./memberChange.ts";
import { networkOnChannel } from "./membershipDraft.ts";
import { watchOrderers } from "./ordererWatch.ts";
import { rejoinBySnapshot, rejoinOrderer } from "./rejoin.ts";
import { renewCertificates } from "./renewCertificates.ts";
import { finishRenewals } from "./renewal.ts";
import { RunningFabric } from "./runningFabric.ts";

/** A real network, all members of which run on this machine. */
export async function fabricEngine(
  layout: Layout,
  coalition: Network,
  programFile: string,
  deps: WaitDeps & { readonly search: SearchPath },
): Promise<LedgerEngine> {
  const network = networkOnChannel(layout) ?? coalition;
  await finishRenewals(
    layout,
    network.members.map(({ memberId }) => memberId),
  );
  const fabric = await localFabric(layout, deps.search);
  await fabric.write();
  const portOf = ({ ports }: NetworkMember): number => ports.chaincode;
  const release = await releaseOf(layout, network, { programFile, portOf });
  const running = new RunningFabric({ layout, search: deps.search, network, fabric, release }, deps);
  await running.connect(release);
  for (const { memberId } of network.members) await fabric.reconnect(memberId);
  return {
    processes: [...nativeProcesses(layout, fabric), ...running.servers],
    prepare: async (signal) => {
      await healthy(fabric, signal, deps);
      if (readCommitted(layout)?.packageId === release.package.id) return;
      await fabric.join();
      await running.putInForce(release);
    },
    upkeep: upkeepOf(running),
    watch: (processes, watching) => watchOrderers(running, processes, watching),
  };
}

/** What the operators of a real network do by and by, all members' at once. */
function upkeepOf(running: RunningFabric): Upkeep {
  return {
    upgradeChaincode: (programFile, processes) =>
      running.alone(() => upgradeChaincode(running, programFile, processes)),
    rejoinBySnapshot: (memberId, processes) =>
      running.alone(() => rejoinBySnapshot(running, memberId, processes)),
    rejoinOrderer: (memberId, processes) => running.alone(() => rejoinOrderer(running, memberId, processes)),
    renewCertificates: (memberId, processes) =>
      running.alone(() => renewCertificates(running, memberId, processes)),
    changeMembers: (processes) => running.alone(() => changeMembers(running, processes)),
  };
}

/** The version in force, if the program is still the same, or else the next one. */
async function releaseOf(
  layout: Layout,
  network: Network,
  server: Pick<Release, "programFile" | "portOf">,
): Promise<Release> {
  const inForce = readCommitted(layout);
  const { version, sequence } = inForce ?? { version: 1, sequence: 1 };
  const same = await prepareRelease(layout, network.genesis, { ...server, version, sequence });
  if (inForce === undefined || same.package.id === inForce.packageId) return same;
  const next = { ...server, version: version + 1, sequence: sequence + 1 };
  return prepareRelease(layout, network.genesis, next);
}
