import { quorumOf } from "@comity/protocol";
import { fetchConfig } from "./channel/channelConfig.ts";
import { createChannelBlock } from "./channel/createChannel.ts";
import { type ExpectedMember, type Finding, inspectChannel } from "./channel/inspectChannel.ts";
import { Translator } from "./channel/translator.ts";
import { missingUpdate, newestConfigBlock, sendUpdate, updateInBlock } from "./channel/updateChannel.ts";
import { deployChaincode, type Deployment } from "./chaincode/deploy.ts";
import { forgetConnections, writeConnection } from "./chaincode/connection.ts";
import { Administrator } from "./member/administrator.ts";
import type { MemberHome } from "./member/home.ts";
import type { MemberMaterial } from "./member/material.ts";
import { writeMember } from "./member/writeMember.ts";
import { type Health, healthOf } from "./process/health.ts";
import type { Binaries } from "./process/binaries.ts";
import { type FabricProcess, ordererProcess, peerProcess } from "./process/processes.ts";
import type { Topology, TopologyMember } from "./topology.ts";

/** One member's part of a network, where all of it lies on this machine. */
export interface LocalMember {
  readonly member: TopologyMember;
  readonly home: MemberHome;
  readonly material: MemberMaterial;
}

export interface LocalNetworkOptions {
  readonly topology: Topology;
  readonly members: readonly LocalMember[];
  readonly mspDirOf: (mspId: string) => string;
  /** Where the channel's first block is put. */
  readonly directory: string;
  readonly binaries: Binaries;
  /** Of the environment, for the builder's scripts. */
  readonly path: string;
}

/** All members of a network on one machine. Whoever starts its processes calls `write` before, and `join` and `deploy` once they are well. */
export class LocalFabric {
  readonly #options: LocalNetworkOptions;

  constructor(options: LocalNetworkOptions) {
    this.#options = options;
  }

  /** Configuration and identities of all members, over older ones. */
  async write(): Promise<void> {
    const { topology, members } = this.#options;
    await Promise.all(
      members.map(({ member, home, material }) => writeMember(topology, member, home, material)),
    );
  }

  /** Tells all members' peers where their own chaincode servers listen, by `addressName`. */
  async connect(serversOf: (member: TopologyMember) => ReadonlyMap<string, string>): Promise<void> {
    await Promise.all(
      this.#options.members.map(({ member, home, material }) =>
        writeConnection(home, material, serversOf(member)),
      ),
    );
  }

  /** Has a member's peer, which is not running, connect to its chaincode as `connect` says now, and not as it did when the package was installed. */
  async reconnect(memberId: string): Promise<void> {
    const own = this.#options.members.find(({ member }) => member.memberId === memberId);
    if (own !== undefined) await forgetConnections(own.home);
  }

  processes(): FabricProcess[] {
    const { members, binaries, path } = this.#options;
    return [
      ...members.map(({ member, home }) => ordererProcess(binaries, member, home)),
      ...members.map(({ member, home }) => peerProcess(binaries, member, home, path)),
    ];
  }

  /** How each orderer and peer is, asked at once. */
  health(signal: AbortSignal): Promise<Health[]> {
    const { topology, members } = this.#options;
    const asked = members.flatMap(({ member: { memberId, ports } }) => [
      { name: `orderer-${memberId}`, port: ports.ordererOperations },
      { name: `peer-${memberId}`, port: ports.peerOperations },
    ]);
    return Promise.all(asked.map((each) => healthOf(each, topology.channel, signal)));
  }

  /** Makes the channel and has all join it. What an interrupted run has done is not done again. @throws FabricError */
  async join(): Promise<void> {
    const { topology, mspDirOf, directory, binaries } = this.#options;
    const administrators = this.#administrators();
    const block = await createChannelBlock(binaries, topology, mspDirOf, directory);
    await Promise.all(administrators.map((each) => each.joinOrderer(topology.channel, block)));
    await Promise.all(administrators.map((each) => each.joinPeer(block)));
  }

  /** Has all members approve a version of a chaincode, and puts it in force. @throws FabricError */
  async deploy(deployment: Deployment): Promise<void> {
    await deployChaincode(this.#options.topology, this.#administrators(), deployment);
  }

  /**
   * The ConfigUpdate that makes the channel what the topology and its certificates say now.
   * @returns undefined where the channel is so already
   * @throws FabricError BINARY_FAILED
   */
  missingUpdate(): Promise<Uint8Array | undefined> {
    const { binaries } = this.#options;
    return missingUpdate(binaries, { ...this.#options, administrators: this.#administrators() });
  }

  /**
   * Has a quorum of the members' administrators sign an update, those before all others that are not named.
   * @throws FabricError BINARY_FAILED
   */
  async sendUpdate(update: Uint8Array, unlessNeeded: readonly string[] = []): Promise<void> {
    const { topology, binaries } = this.#options;
    const isLast = ({ member }: Administrator): number => Number(unlessNeeded.includes(member.memberId));
    const inOrder = this.#administrators().sort((a, b) => isLast(a) - isLast(b));
    const signers = inOrder.slice(0, quorumOf(topology.members.length));
    await sendUpdate(binaries, topology.channel, update, signers);
  }

  /** The newest block that changed the channel. @throws FabricError BINARY_FAILED */
  newestConfigBlock(): ReturnType<typeof newestConfigBlock> {
    const { topology, binaries } = this.#options;
    return newestConfigBlock(binaries, this.#administrators(), topology.channel);
  }

  /** The ConfigUpdate by which a block changed the channel; undefined where it did not. @throws FabricError BINARY_FAILED */
  updateInBlock(number: number): Promise<Uint8Array | undefined> {
    const { topology, binaries } = this.#options;
    const [first] = this.#administrators();
    if (first === undefined) throw new TypeError("a network has members");
    return updateInBlock(binaries, first, topology.channel, number);
  }

  /**
   * Has the orderer and the peer of a member that was not there from the beginning join the channel.
   * @param configBlock file of the newest block that changed the channel, which tells the orderer who the consenters are
   * @throws FabricError BINARY_FAILED
   */
  async joinLate(memberId: string, configBlock: string): Promise<void> {
    const { topology, mspDirOf, directory, binaries } = this.#options;
    const newcomer = this.administratorOf(memberId);
    await newcomer.joinOrderer(topology.channel, configBlock);
    await newcomer.joinPeer(await createChannelBlock(binaries, topology, mspDirOf, directory));
  }

  /** Compares the channel, as a member's orderer has it, with the members that the coalition's register has. @throws FabricError */
  async inspect(members: readonly ExpectedMember[]): Promise<Finding[]> {
    const { topology, binaries } = this.#options;
    return Translator.with(binaries, async (translator) => {
      const { config } = await fetchConfig(translator, this.#administrators(), topology.channel);
      return inspectChannel(config, members);
    });
  }

  /**
   * Whether a member's own orderer has the channel as the topology and its certificates say. One that is started before, with a new certificate, is no
   * consenter by its own copy, and takes minutes to find out.
   */
  async isUpdated(memberId: string): Promise<boolean> {
    const { binaries } = this.#options;
    const administrators = this.#administrators().filter(({ member }) => member.memberId === memberId);
    const wanted = { ...this.#options, administrators };
    return missingUpdate(binaries, wanted).then(
      (update) => update === undefined,
      () => false,
    );
  }

  administratorOf(memberId: string): Administrator {
    const found = this.#administrators().find(({ member }) => member.memberId === memberId);
    if (found === undefined) throw new RangeError(`the network has no member ${memberId}`);
    return found;
  }

  #administrators(): Administrator[] {
    const { members, binaries } = this.#options;
    return members.map(({ member, home, material }) => new Administrator(binaries, member, home, material));
  }
}
