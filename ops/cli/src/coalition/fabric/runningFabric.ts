import { addressName, type Health, type LocalFabric, type SearchPath } from "@comity/fabric";
import type { Layout } from "../layout.ts";
import { chaincode, memberOf, type Network } from "../networkFile.ts";
import { chaincodeProcess } from "../processes.ts";
import type { ProcessSpec } from "../processSpec.ts";
import { until, type WaitDeps } from "../readiness.ts";
import { type Release, writeCommitted } from "../release.ts";

export interface RunningFabricOptions {
  readonly layout: Layout;
  readonly search: SearchPath;
  readonly network: Network;
  readonly fabric: LocalFabric;
  /** With which it starts. */
  readonly release: Release;
}

const stepTimeoutMs = 60_000;

/** A real network as it is now, and the steps of which all work on it is made. */
export class RunningFabric {
  readonly layout: Layout;
  readonly search: SearchPath;
  readonly deps: WaitDeps;
  readonly never: AbortSignal = new AbortController().signal;
  network: Network;
  fabric: LocalFabric;
  /** Servers of the chaincode that is in force. */
  servers: readonly ProcessSpec[];
  #release: Release;
  #lastWork: Promise<unknown> = Promise.resolve();

  constructor(options: RunningFabricOptions, deps: WaitDeps) {
    this.layout = options.layout;
    this.search = options.search;
    this.network = options.network;
    this.fabric = options.fabric;
    this.#release = options.release;
    this.deps = deps;
    this.servers = this.serversOf(options.release);
  }

  /** The chaincode that is in force. */
  get release(): Release {
    return this.#release;
  }

  serversOf(release: Release, suffix = ""): ProcessSpec[] {
    return this.network.members.map((member) =>
      chaincodeProcess(this.layout, member, release, `chaincode-${member.memberId}${suffix}`),
    );
  }

  /** Tells all members' peers where the servers of these releases listen. */
  async connect(...releases: readonly Release[]): Promise<void> {
    await this.fabric.connect(({ memberId, host }) => {
      const member = memberOf(this.network, memberId);
      const named = releases.map(({ version, portOf }) => {
        return [addressName(chaincode, version), `${host}:${portOf(member)}`] as const;
      });
      return new Map(named);
    });
  }

  async putInForce(release: Release): Promise<void> {
    await this.fabric.deploy(release);
    await writeCommitted(this.layout, release);
    this.#release = release;
  }

  /** The same release once more: what a member had approved is a private value of its own, or the collection has other members. */
  approveAgain(): Promise<void> {
    return this.putInForce({ ...this.release, sequence: this.release.sequence + 1 });
  }

  /** One piece of work that stops and starts processes at a time. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastWork.then(work);
    this.#lastWork = done.catch(() => undefined);
    return done;
  }

  /** Until a member's own orderer serves the channel as the topology says. */
  async updated(memberId: string, fabric: LocalFabric = this.fabric): Promise<void> {
    const what = `the orderer of ${memberId} does not have the channel's new configuration`;
    await this.until(what, async () => ((await fabric.isUpdated(memberId)) ? true : undefined));
  }

  async shows(process: string, not: string, isSo: (health: Health) => boolean): Promise<void> {
    await this.until(`${process} ${not}`, async () => {
      const all = await this.fabric.health(this.never);
      return all.some((health) => health.name === process && isSo(health)) ? true : undefined;
    });
  }

  until<T>(
    what: string,
    attempt: () => Promise<T | undefined>,
    timeoutMs: number = stepTimeoutMs,
  ): Promise<T> {
    return until(attempt, { what, timeoutMs, signal: this.never }, this.deps);
  }
}
