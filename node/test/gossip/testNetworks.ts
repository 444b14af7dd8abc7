import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseNetworkId } from "@comity/protocol";
import { createGossipNetwork } from "../../src/gossip/libp2pNetwork.ts";
import type { GossipNetwork, RegisteredNode } from "../../src/gossip/network.ts";
import type { RealClock } from "../../src/clock.ts";
import type { PartLog } from "../../src/telemetry/log.ts";

export const networkId = parseNetworkId("ab".repeat(32));

export const realClock: RealClock & { policyNow(): number } = {
  now: () => Date.now(),
  policyNow: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
};

export const quiet: PartLog = { info: () => undefined, warn: () => undefined };

/** Real nodes on loopback that share a register which the test may change. */
export class TestNetworks {
  readonly register = new Map<number, RegisteredNode>();
  readonly running = new Map<number, GossipNetwork>();
  #dir: string | undefined;

  /** A network that is built but not started, so that handlers can be added. */
  async create(
    index: number,
    options?: { unregistered?: boolean; network?: typeof networkId },
  ): Promise<GossipNetwork> {
    this.#dir ??= await mkdtemp(join(tmpdir(), "comity-gossip-"));
    const network = await createGossipNetwork(
      {
        networkId: options?.network ?? networkId,
        ownIndex: index,
        host: "127.0.0.1",
        port: 0,
        keyFile: join(this.#dir, `peer-${index}.key`),
      },
      { members: () => [...this.register.values()], clock: realClock, random: () => 0, log: quiet },
    );
    return network;
  }

  async start(index: number, network: GossipNetwork): Promise<void> {
    await network.start();
    this.running.set(index, network);
    this.register.set(index, { index, node: { peerId: network.peerId, addresses: network.addresses } });
  }

  async stop(index: number): Promise<void> {
    const network = this.running.get(index);
    this.running.delete(index);
    await network?.stop();
  }

  async stopAll(): Promise<void> {
    for (const index of [...this.running.keys()]) await this.stop(index);
    if (this.#dir !== undefined) await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Resolves once the network has reached these members. */
export function connected(network: GossipNetwork, ...members: number[]): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      const reached = new Set(network.peers().flatMap((peer) => (peer.connected ? [peer.memberIndex] : [])));
      if (members.every((member) => reached.has(member))) resolve();
    };
    network.onPeer(() => setImmediate(check));
    check();
  });
}
