import { rm } from "node:fs/promises";
import {
  dataIn,
  FabricError,
  findBinaries,
  loadAuthority,
  loadTlsAuthority,
  LocalFabric,
  type MemberMaterial,
  readTopology,
  type SearchPath,
  writeMsp,
} from "@comity/fabric";
import { saveKeyPair } from "./createNetwork.ts";
import { freePorts, loopback } from "./freePorts.ts";
import type { Layout } from "./layout.ts";
import type { LedgerEngine } from "./ledgerEngine.ts";
import { channel, memberOf, type Network, type NetworkMember } from "./networkFile.ts";
import { chaincodeProcess } from "./processes.ts";
import { nativeProgram, type ProcessSpec } from "./processSpec.ts";
import { until, type WaitDeps } from "./readiness.ts";
import { prepareRelease, readCommitted, type Release, writeCommitted } from "./release.ts";

const healthyTimeoutMs = 60_000;

type EngineDeps = WaitDeps & { readonly search: SearchPath };

/** A real network, all members of which run on this machine. */
export async function fabricEngine(
  layout: Layout,
  network: Network,
  programFile: string,
  deps: EngineDeps,
): Promise<LedgerEngine> {
  const fabric = await localFabric(layout, deps.search);
  await fabric.write();
  const portOf = ({ ports }: NetworkMember): number => ports.chaincode;
  let current = await releaseOf(layout, network, { programFile, portOf });
  await connect(fabric, network, [current]);
  const natives = fabric.processes().map(({ name, command, args, env }): ProcessSpec => {
    return { name, ...nativeProgram(command, args), env, logFile: layout.logFile(name) };
  });
  const servers = (release: Release, suffix = "") =>
    network.members.map((member) =>
      chaincodeProcess(layout, network, member, release, `chaincode-${member.memberId}${suffix}`),
    );
  let running = servers(current);
  return {
    processes: [...natives, ...running],
    prepare: async (signal) => {
      await healthy(fabric, signal, deps);
      if (readCommitted(layout)?.packageId === current.package.id) return;
      await fabric.join();
      await putInForce(fabric, layout, current);
    },
    upgrade: async (newProgram, processes) => {
      const version = current.version + 1;
      const ports = await freePorts(network.members.length);
      const next = await prepareRelease(layout, network.genesis, {
        version,
        sequence: current.sequence + 1,
        programFile: newProgram,
        portOf: (member) => ports[network.members.indexOf(member)] ?? 0,
      });
      await connect(fabric, network, [current, next]);
      const fresh = servers(next, `-v${version}`);
      for (const spec of fresh) processes.start(spec);
      await putInForce(fabric, layout, next);
      // What the old servers were asked before has ended by then, or is given up.
      await deps.sleep(drainMs, new AbortController().signal);
      await Promise.all(running.map(({ name }) => processes.stop(name)));
      [current, running] = [next, fresh];
    },
    rejoin: async (memberId, processes) => {
      const donor = fabric.administratorOf(
        network.members.find((each) => each.memberId !== memberId)?.memberId ?? "",
      );
      const own = fabric.administratorOf(memberId);
      const wait = waiting(deps);
      await donor.requestSnapshot(channel);
      const snapshot = await wait("no snapshot of the channel is complete", () =>
        donor.newestSnapshot(channel),
      );
      await processes.stop(`peer-${memberId}`);
      await rm(dataIn(layout.memberHome(memberId).peer), { recursive: true });
      await fabric.write();
      await processes.restart(`peer-${memberId}`);
      await healthy(fabric, new AbortController().signal, deps);
      await own.joinBySnapshot(snapshot);
      await wait(`the peer of ${memberId} does not join`, async () =>
        (await own.hasJoined(channel)) ? true : undefined,
      );
      // What it had approved is a private value of its own, which nobody else has: all approve the same once more.
      current = { ...current, sequence: current.sequence + 1 };
      await putInForce(fabric, layout, current);
    },
    renew: async (memberId, processes) => {
      await reissue(layout, memberId, deps.now);
      // Its own orderer, too, must know the new consenter before it starts anew as that.
      await fabric.updateChannel();
      await updated(fabric, memberId, deps);
      await fabric.write();
      await connect(fabric, network, [current]);
      for (const name of [`orderer-${memberId}`, `peer-${memberId}`]) await processes.restart(name);
      await updated(fabric, memberId, deps);
    },
  };
}

const waiting =
  (deps: WaitDeps) =>
  <T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> =>
    until(attempt, { what, timeoutMs: healthyTimeoutMs, signal: new AbortController().signal }, deps);

/** Until a member's own orderer serves the channel as the topology says. */
async function updated(fabric: LocalFabric, memberId: string, deps: WaitDeps): Promise<void> {
  const isUpdated = async (): Promise<true | undefined> =>
    (await fabric.isUpdated(memberId)) ? true : undefined;
  await waiting(deps)(`the orderer of ${memberId} does not have the channel's new configuration`, isUpdated);
}

/** New keys and certificates of what a member runs for the network, from its own authorities, in place of the old ones. */
async function reissue(layout: Layout, memberId: string, now: () => number): Promise<void> {
  const authority = await loadAuthority(layout.authority(memberId), now);
  const tlsAuthority = await loadTlsAuthority(layout.tlsAuthority(memberId), now);
  for (const name of ["orderer", "peer"] as const) {
    await saveKeyPair(await authority.issue({ commonName: name, ou: name }), layout.keyPair(memberId, name));
    const tls = await tlsAuthority.issue({ commonName: `${name}-tls`, dns: ["localhost"], ips: [loopback] });
    await saveKeyPair(tls, layout.keyPair(memberId, `${name}-tls`));
  }
}

/** Longer than a peer waits for its chaincode. */
const drainMs = 2_500;

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

async function putInForce(fabric: LocalFabric, layout: Layout, release: Release): Promise<void> {
  await fabric.deploy(release);
  await writeCommitted(layout, release);
}

async function connect(fabric: LocalFabric, network: Network, releases: readonly Release[]): Promise<void> {
  await fabric.connect(({ memberId }) => {
    const member = memberOf(network, memberId);
    return new Map(releases.map(({ version, portOf }) => [version, portOf(member)]));
  });
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
