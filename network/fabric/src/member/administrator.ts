import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Binaries, output, unlessDone } from "../process/binaries.ts";
import { FabricError } from "../fabricError.ts";
import type { TopologyMember } from "../topology.ts";
import { type MemberHome, snapshotsOf } from "./home.ts";
import type { MemberMaterial } from "./material.ts";
import { peerAddress } from "./peerConfig.ts";

/** A member's administrator at its own peer and orderer, with Fabric's own commands. Every method throws FabricError BINARY_FAILED. */
export class Administrator {
  readonly #binaries: Binaries;
  readonly member: TopologyMember;
  readonly #home: MemberHome;
  readonly #material: MemberMaterial;

  constructor(binaries: Binaries, member: TopologyMember, home: MemberHome, material: MemberMaterial) {
    this.#binaries = binaries;
    this.member = member;
    this.#home = home;
    this.#material = material;
  }

  /** What `peer` prints. */
  peer(...args: readonly string[]): Promise<string> {
    return output(this.#binaries.peer, args, {
      FABRIC_CFG_PATH: this.#home.peer,
      FABRIC_LOGGING_SPEC: "ERROR",
      CORE_PEER_MSPCONFIGPATH: this.#home.adminMsp,
    });
  }

  /** As `peer`, for commands that send a transaction to the member's own orderer. */
  ordered(...args: readonly string[]): Promise<string> {
    const { host, ports } = this.member;
    const orderer = `${host}:${ports.orderer}`;
    return this.peer(...args, "-o", orderer, "--tls", "--cafile", this.#material.tlsRootCertificateFile);
  }

  /** Where another member's peer is, for commands that ask several to endorse. */
  endorser(): readonly string[] {
    const root = this.#material.tlsRootCertificateFile;
    return ["--peerAddresses", peerAddress(this.member), "--tlsRootCertFiles", root];
  }

  async joinOrderer(channel: string, block: string): Promise<void> {
    const { host, ports } = this.member;
    const { certificateFile, keyFile } = this.#material.ordererTls;
    // osnadmin ends well whatever it was told, and prints the answer.
    const answer = await output(this.#binaries.osnadmin, [
      ...["channel", "join", "--channelID", channel, "--config-block", block],
      ...["-o", `${host}:${ports.ordererAdmin}`, "--ca-file", this.#material.tlsRootCertificateFile],
      ...["--client-cert", certificateFile, "--client-key", keyFile],
    ]);
    if (/^Status: 201$/m.test(answer) || /channel already exists/.test(answer)) return;
    throw new FabricError(
      "BINARY_FAILED",
      `the orderer of ${this.member.memberId} does not join: ${answer.trim()}`,
    );
  }

  async joinPeer(block: string): Promise<void> {
    await unlessDone(/already exists/, () => this.peer("channel", "join", "-b", block));
  }

  /** Has the member's peer write a snapshot of the channel as soon as it can. */
  async requestSnapshot(channel: string): Promise<void> {
    await unlessDone(/duplicate snapshot request/, () =>
      this.peer("snapshot", "submitrequest", "-c", channel, "-b", "0", ...this.#peer()),
    );
  }

  /** The folder of the newest snapshot that is complete, if there is one. */
  async newestSnapshot(channel: string): Promise<string | undefined> {
    const folder = join(snapshotsOf(this.#home), "completed", channel);
    const heights = await readdir(folder).catch(() => []);
    const newest = heights
      .map(Number)
      .filter(Number.isSafeInteger)
      .sort((a, b) => b - a)[0];
    return newest === undefined ? undefined : join(folder, String(newest));
  }

  async joinBySnapshot(folder: string): Promise<void> {
    await this.peer("channel", "joinbysnapshot", "--snapshotpath", folder);
  }

  /** Whether the member's peer has the channel. */
  async hasJoined(channel: string): Promise<boolean> {
    return (await this.peer("channel", "list")).split("\n").includes(channel);
  }

  #peer(): readonly string[] {
    const root = this.#material.tlsRootCertificateFile;
    return ["--peerAddress", peerAddress(this.member), "--tlsRootCertFile", root];
  }

  /** Where a file of the member's own may be put. */
  fileFor(name: string): string {
    return join(this.#home.peer, name);
  }
}
