import {
  FabricError,
  findBinaries,
  LocalFabric,
  type MemberMaterial,
  readTopology,
  type SearchPath,
  type Topology,
  writeMsp,
} from "@comity/fabric";
import type { Layout } from "../layout.ts";
import { nativeProgram, type ProcessSpec } from "../processSpec.ts";
import { until, type WaitDeps } from "../readiness.ts";

const healthyTimeoutMs = 60_000;

/** Another network than the one that runs: the one that it is to become. */
export interface Alteration {
  readonly topologyFile?: string;
  readonly alter?: (topology: Topology) => Topology;
}

/** The network whose topology and material lie in the data directory. @throws FabricError */
export async function localFabric(
  layout: Layout,
  search: SearchPath,
  { topologyFile = layout.topologyFile, alter = (topology) => topology }: Alteration = {},
): Promise<LocalFabric> {
  const binaries = await findBinaries(search);
  const topology = alter(await readTopology(topologyFile));
  const observers = new Set(topology.observers.map(({ mspId }) => mspId));
  for (const { mspId, rootCertificateFile } of topology.observers)
    await writeMsp(layout.observerMsp(mspId), { rootCertificateFile });
  const homes = new Map(topology.members.map(({ mspId, memberId }) => [mspId, layout.memberHome(memberId)]));
  return new LocalFabric({
    topology,
    binaries,
    directory: layout.fabric,
    path: search.PATH ?? "",
    mspDirOf: (mspId) => {
      const home = homes.get(mspId);
      if (home !== undefined) return home.publicMsp;
      if (observers.has(mspId)) return layout.observerMsp(mspId);
      throw new FabricError("TOPOLOGY_INVALID", `no organisation has the MSP id ${mspId}`);
    },
    members: topology.members.map((member) => ({
      member,
      home: layout.memberHome(member.memberId),
      material: materialOf(layout, member.memberId),
    })),
  });
}

/** All members' orderers and peers. */
export function nativeProcesses(layout: Layout, fabric: LocalFabric): ProcessSpec[] {
  return fabric.processes().map(({ name, command, args, env }) => {
    return { name, ...nativeProgram(command, args), env, logFile: layout.logFile(name) };
  });
}

function materialOf(layout: Layout, memberId: string): MemberMaterial {
  return {
    rootCertificateFile: layout.rootCertificate(memberId),
    tlsRootCertificateFile: layout.tlsRootCertificate(memberId),
    peer: layout.keyPair(memberId, "peer"),
    peerTls: layout.keyPair(memberId, "peer-tls"),
    orderer: layout.keyPair(memberId, "orderer"),
    ordererTls: layout.keyPair(memberId, "orderer-tls"),
    admin: layout.keyPair(memberId, "admin"),
  };
}

/** Until all orderers and peers say that they are well. */
export async function healthy(fabric: LocalFabric, signal: AbortSignal, deps: WaitDeps): Promise<void> {
  const allWell = async (): Promise<true | undefined> => {
    const processes = await fabric.health(signal);
    return processes.every(({ isWell }) => isWell) ? true : undefined;
  };
  const what = "not all orderers and peers are well; see their logs";
  await until(allWell, { what, timeoutMs: healthyTimeoutMs, signal }, deps);
}
