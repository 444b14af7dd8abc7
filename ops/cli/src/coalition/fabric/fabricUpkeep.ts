import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  addressName,
  dataIn,
  type Health,
  type LocalFabric,
  type SearchPath,
  type Topology,
} from "@comity/fabric";
import { membershipId, subjectOfChange } from "@comity/protocol";
import { assertAdopted } from "./adoptedChange.ts";
import { freePorts } from "../freePorts.ts";
import type { Layout } from "../layout.ts";
import type { Processes, Upkeep } from "../ledgerEngine.ts";
import { connectAs } from "../ledgerAccess.ts";
import { healthy, localFabric, nativeProcesses } from "./localFabric.ts";
import {
  assertNotBegun,
  blockWith,
  type ChannelBlock,
  type Draft,
  dropDraft,
  readDraft,
  settleLeave,
  takeEffect,
} from "./membershipDraft.ts";
import { chaincode, channel, memberOf, type Network, readNetwork } from "../networkFile.ts";
import { chaincodeProcess } from "../processes.ts";
import type { ProcessSpec } from "../processSpec.ts";
import { isListening, until, type WaitDeps } from "../readiness.ts";
import { isOrdererExpired, issueAnew, renewed, takeIntoUse } from "./renewal.ts";
import { prepareRelease, type Release, writeCommitted } from "../release.ts";

export interface FabricUpkeepOptions {
  readonly layout: Layout;
  readonly network: Network;
  /** With which it starts. */
  readonly release: Release;
  readonly search: SearchPath;
}

const stepTimeoutMs = 60_000;
/** A server that loads at all listens after a second or two. */
const serveTimeoutMs = 20_000;
/** Longer than a peer waits for its chaincode. */
const drainMs = 2_500;

/** What the operators of a real network do by and by, all members' at once. */
export class FabricUpkeep implements Upkeep {
  readonly #layout: Layout;
  readonly #search: SearchPath;
  #network: Network;
  #fabric: LocalFabric;
  readonly #deps: WaitDeps;
  readonly #never = new AbortController().signal;
  #release: Release;
  /** Of the chaincode that is in force. */
  servers: readonly ProcessSpec[];

  constructor(
    { layout, network, release, search }: FabricUpkeepOptions,
    deps: WaitDeps & { readonly fabric: LocalFabric },
  ) {
    this.#layout = layout;
    this.#search = search;
    this.#network = network;
    this.#fabric = deps.fabric;
    this.#deps = deps;
    this.#release = release;
    this.servers = this.#serversOf(release);
  }

  async upgradeChaincode(programFile: string, processes: Processes): Promise<void> {
    const { members, genesis } = this.#network;
    const [version, sequence] = [this.#release.version + 1, this.#release.sequence + 1];
    const ports = await freePorts(members.length);
    const portsById = new Map(members.map(({ memberId }, at) => [memberId as string, ports[at]]));
    // One that joins later starts with the port that it drew.
    const portOf: Release["portOf"] = ({ memberId, ports: own }) => portsById.get(memberId) ?? own.chaincode;
    const next = await prepareRelease(this.#layout, genesis, { version, sequence, programFile, portOf });
    await this.connect(this.#release, next);
    const [before, fresh] = [this.servers, this.#serversOf(next, `-v${version}`)];
    for (const spec of fresh) processes.start(spec);
    await this.#listening(fresh, members.map(portOf), processes);
    await this.putInForce(next);
    this.servers = fresh;
    // What the old servers were asked before has ended by then, or is given up.
    await this.#deps.sleep(drainMs, this.#never);
    await Promise.all(before.map(({ name }) => processes.stop(name)));
  }

  async rejoinBySnapshot(memberId: string, processes: Processes): Promise<void> {
    const other = this.#network.members.find((each) => each.memberId !== memberId);
    const donor = this.#fabric.administratorOf(other?.memberId ?? "");
    const own = this.#fabric.administratorOf(memberId);
    await donor.requestSnapshot(channel);
    const snapshot = await this.#until("no snapshot of the channel is complete", () =>
      donor.newestSnapshot(channel),
    );
    await processes.stop(`peer-${memberId}`);
    await rm(dataIn(this.#layout.memberHome(memberId).peer), { recursive: true });
    await this.#fabric.write();
    await processes.restart(`peer-${memberId}`);
    await healthy(this.#fabric, this.#never, this.#deps);
    await own.joinBySnapshot(snapshot);
    await this.#until(`the peer of ${memberId} does not join`, async () =>
      (await own.hasJoined(channel)) ? true : undefined,
    );
    // What it had approved is a private value of its own, which nobody else has: all approve the same once more.
    await this.putInForce({ ...this.#release, sequence: this.#release.sequence + 1 });
  }

  async rejoinOrderer(memberId: string, processes: Processes): Promise<void> {
    await processes.stop(`orderer-${memberId}`);
    // What it has is given up only once somebody else has shown the channel.
    const { bytes } = await this.#fabric.newestConfigBlock();
    await rm(dataIn(this.#layout.memberHome(memberId).orderer), { recursive: true, force: true });
    await this.#fabric.write();
    await processes.restart(`orderer-${memberId}`);
    // Others' may be away as well.
    await this.#shows(`orderer-${memberId}`, "is not well", ({ isWell }) => isWell);
    const file = join(this.#layout.fabric, `rejoin-${memberId}.block`);
    await writeFile(file, bytes);
    await this.#fabric.administratorOf(memberId).joinOrderer(channel, file);
    await rm(file);
    await this.#updated(memberId);
  }

  async renewCertificates(memberId: string, processes: Processes): Promise<void> {
    await assertNotBegun(this.#layout, this.#fabric);
    const isExpired = await isOrdererExpired(this.#layout, memberId, this.#deps.now());
    await issueAnew(this.#layout, memberId, this.#deps.now);
    const alter = (topology: Topology): Topology => renewed(this.#layout, memberId, topology);
    const next = await localFabric(this.#layout, this.#search, { alter });
    const update = await next.missingUpdate();
    if (update !== undefined) await next.sendUpdate(update, [memberId]);
    // Its own orderer, too, must know the new consenter before it starts anew as that: unless nobody speaks with it any more.
    if (!isExpired) await this.#updated(memberId, next);
    await takeIntoUse(this.#layout, memberId);
    await this.#fabric.write();
    await this.connect(this.#release);
    if (isExpired) await this.rejoinOrderer(memberId, processes);
    else await processes.restart(`orderer-${memberId}`);
    await processes.stop(`peer-${memberId}`);
    await this.#fabric.reconnect(memberId);
    await processes.restart(`peer-${memberId}`);
    await this.#updated(memberId);
  }

  async changeMembers(processes: Processes): Promise<void> {
    const draft = await readDraft(this.#layout);
    const { request } = draft;
    const subject = subjectOfChange(request);
    const stay = this.#network.members.find(({ memberId }) => memberId !== subject);
    if (stay === undefined) throw new TypeError("a coalition has members");
    const keys = this.#layout.keyPair(stay.memberId, "officer");
    const officer = connectAs(this.#layout, this.#network, stay, keys);
    try {
      await assertAdopted(officer, request);
      const block = await this.#changeChannel(draft);
      await this.#followTopology();
      if (request.change === "join") await this.#receive(subject, block, processes);
      else await this.#dismiss(subject, processes);
      await this.putInForce({ ...this.#release, sequence: this.#release.sequence + 1 });
      await officer.submitIdempotent(
        "coalition:ActivateMembership",
        membershipId(request),
        String(block.number),
      );
    } finally {
      officer.close();
    }
    await takeEffect(this.#layout.nextNetworkFile, this.#layout.networkFile);
    await processes.adopt(this.#network);
    await dropDraft(this.#layout);
  }

  /** @returns the block that did it, now or when this was tried before */
  async #changeChannel({ request, update }: Draft): Promise<ChannelBlock> {
    const changed = () => blockWith(this.#fabric, update);
    const before = await changed();
    if (before !== undefined) return before;
    await this.#fabric.sendUpdate(update, request.change === "leave" ? [request.memberId] : []);
    return this.#until("the channel does not have the change", changed);
  }

  async #followTopology(): Promise<void> {
    const { nextTopologyFile, topologyFile, nextNetworkFile } = this.#layout;
    await takeEffect(nextTopologyFile, topologyFile);
    this.#fabric = await localFabric(this.#layout, this.#search);
    if (existsSync(nextNetworkFile)) this.#network = readNetwork(this.#layout, nextNetworkFile);
    await settleLeave(this.#layout);
    await this.#fabric.write();
    await this.connect(this.#release);
  }

  async #receive(memberId: string, { number, bytes }: ChannelBlock, processes: Processes): Promise<void> {
    const natives = nativeProcesses(this.#layout, this.#fabric);
    const server = this.#serversOf(this.#release).filter(({ name }) => name === `chaincode-${memberId}`);
    const own = natives.filter(({ name }) => [`orderer-${memberId}`, `peer-${memberId}`].includes(name));
    const known = new Set(processes.processes().map(({ name }) => name));
    // It may have been a member before, and its chaincode elsewhere.
    if (!known.has(`peer-${memberId}`)) await this.#fabric.reconnect(memberId);
    for (const spec of [...own, ...server]) if (!known.has(spec.name)) processes.start(spec);
    this.servers = [...this.servers.filter(({ name }) => name !== `chaincode-${memberId}`), ...server];
    await healthy(this.#fabric, this.#never, this.#deps);
    await writeFile(this.#layout.changeBlockFile, bytes);
    await this.#fabric.joinLate(memberId, this.#layout.changeBlockFile);
    // Until its peer has come to that block, the channel that it knows has no such member.
    await this.#shows(`peer-${memberId}`, "does not catch up", ({ height = 0 }) => height > number);
    await this.#updated(memberId);
  }

  async #dismiss(memberId: string, processes: Processes): Promise<void> {
    const isOwn = ({ name }: ProcessSpec): boolean => name.startsWith(`chaincode-${memberId}`);
    const servers = this.servers.filter(isOwn).map(({ name }) => name);
    this.servers = this.servers.filter((spec) => !isOwn(spec));
    for (const name of [...servers, `peer-${memberId}`, `orderer-${memberId}`]) await processes.stop(name);
  }

  /** Tells all members' peers where the servers of these releases listen. */
  async connect(...releases: readonly Release[]): Promise<void> {
    await this.#fabric.connect(({ memberId, host }) => {
      const member = memberOf(this.#network, memberId);
      const named = releases.map(({ version, portOf }) => {
        return [addressName(chaincode, version), `${host}:${portOf(member)}`] as const;
      });
      return new Map(named);
    });
  }

  async putInForce(release: Release): Promise<void> {
    await this.#fabric.deploy(release);
    await writeCommitted(this.#layout, release);
    this.#release = release;
  }

  #serversOf(release: Release, suffix = ""): ProcessSpec[] {
    return this.#network.members.map((member) =>
      chaincodeProcess(this.#layout, member, release, `chaincode-${member.memberId}${suffix}`),
    );
  }

  /** Nobody approves a chaincode whose servers do not serve. */
  async #listening(
    fresh: readonly ProcessSpec[],
    ports: readonly number[],
    processes: Processes,
  ): Promise<void> {
    try {
      const what = "the chaincode's servers do not all listen; see their logs";
      for (const port of ports) await this.#until(what, () => isListening(port), serveTimeoutMs);
    } catch (error) {
      await Promise.all(fresh.map(({ name }) => processes.stop(name)));
      throw error;
    }
  }

  /** Until a member's own orderer serves the channel as the topology says. */
  async #updated(memberId: string, fabric: LocalFabric = this.#fabric): Promise<void> {
    const what = `the orderer of ${memberId} does not have the channel's new configuration`;
    await this.#until(what, async () => ((await fabric.isUpdated(memberId)) ? true : undefined));
  }

  async #shows(process: string, not: string, isSo: (health: Health) => boolean): Promise<void> {
    await this.#until(`${process} ${not}`, async () => {
      const all = await this.#fabric.health(this.#never);
      return all.some((health) => health.name === process && isSo(health)) ? true : undefined;
    });
  }

  #until<T>(
    what: string,
    attempt: () => Promise<T | undefined>,
    timeoutMs: number = stepTimeoutMs,
  ): Promise<T> {
    return until(attempt, { what, timeoutMs, signal: this.#never }, this.#deps);
  }
}
