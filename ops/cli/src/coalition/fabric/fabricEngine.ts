import type { SearchPath } from "@comity/fabric";
import { FabricUpkeep } from "./fabricUpkeep.ts";
import type { Layout } from "../layout.ts";
import type { LedgerEngine } from "../ledgerEngine.ts";
import { healthy, localFabric, nativeProcesses } from "./localFabric.ts";
import { networkOnChannel } from "./membershipDraft.ts";
import type { Network, NetworkMember } from "../networkFile.ts";
import type { WaitDeps } from "../readiness.ts";
import { finishRenewals } from "./renewal.ts";
import { prepareRelease, readCommitted, type Release } from "../release.ts";

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
  const upkeep = new FabricUpkeep({ layout, network, release, search: deps.search }, { ...deps, fabric });
  await upkeep.connect(release);
  for (const { memberId } of network.members) await fabric.reconnect(memberId);
  return {
    processes: [...nativeProcesses(layout, fabric), ...upkeep.servers],
    prepare: async (signal) => {
      await healthy(fabric, signal, deps);
      if (readCommitted(layout)?.packageId === release.package.id) return;
      await fabric.join();
      await upkeep.putInForce(release);
    },
    upkeep,
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
