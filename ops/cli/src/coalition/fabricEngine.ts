import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ChaincodePackage,
  FabricError,
  findBinaries,
  LocalFabric,
  type MemberMaterial,
  readTopology,
  type SearchPath,
  writeMsp,
} from "@comity/fabric";
import type { Layout } from "./layout.ts";
import type { LedgerEngine } from "./ledgerEngine.ts";
import type { Network } from "./networkFile.ts";
import { chaincodeProcess } from "./processes.ts";
import { nativeProgram, type ProcessSpec } from "./processSpec.ts";
import { until, type WaitDeps } from "./readiness.ts";

const healthyTimeoutMs = 60_000;

/** A real network, all members of which run on this machine. */
export async function fabricEngine(
  layout: Layout,
  network: Network,
  chaincode: ChaincodePackage,
  deps: WaitDeps & { readonly search: SearchPath },
): Promise<LedgerEngine> {
  const fabric = await localFabric(layout, deps.search);
  await fabric.write();
  const servers = network.members.map((member) => chaincodeProcess(layout, network, member, chaincode.id));
  const natives = fabric.processes().map(({ name, command, args, env }): ProcessSpec => {
    return { name, ...nativeProgram(command, args), env, logFile: layout.logFile(name) };
  });
  return {
    processes: [...natives, ...servers],
    prepare: async (signal) => {
      await healthy(fabric, signal, deps);
      // Written last, so that an interrupted first start is taken up where it was.
      const joined = join(layout.fabric, "joined");
      if (existsSync(joined)) return;
      await fabric.join(chaincode);
      await writeFile(joined, `${chaincode.id}\n`);
    },
  };
}

export async function localFabric(layout: Layout, search: SearchPath): Promise<LocalFabric> {
  const binaries = await findBinaries(search);
  const topology = await readTopology(layout.topologyFile);
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

async function healthy(fabric: LocalFabric, signal: AbortSignal, deps: WaitDeps): Promise<void> {
  const allWell = async (): Promise<true | undefined> => {
    const processes = await fabric.health(signal);
    return processes.every(({ isWell }) => isWell) ? true : undefined;
  };
  await until(
    allWell,
    { what: "not all orderers and peers are well; see their logs", timeoutMs: healthyTimeoutMs, signal },
    deps,
  );
}
