import { TopicValidatorResult } from "@libp2p/gossipsub";
import type { Connection, PeerId } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { channelName, type NetworkId, type TopicName, topicNames, topics } from "@comity/protocol";
import { Dialer } from "./dialer.ts";
import { answer, exchange } from "./directStream.ts";
import { type ComityLibp2p, createLibp2pNode } from "./libp2pNode.ts";
import { MemberDirectory } from "./memberDirectory.ts";
import {
  type GossipNetwork,
  type PeerStatus,
  type RegisteredNode,
  StreamError,
  type StreamHandler,
  type TopicHandler,
  type TopicVerdicts,
  type Verdict,
} from "./network.ts";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import { loadPeerKey } from "./peerKey.ts";
import { TopicRouter } from "./topicRouter.ts";

export interface GossipNetworkOptions {
  readonly networkId: NetworkId;
  readonly ownIndex: number;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Made at the first start, mode 0600. */
  readonly keyFile: string;
}

export interface GossipNetworkDeps {
  readonly members: () => readonly RegisteredNode[];
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
}

const MAX_STREAMS_PER_PEER = 32;
const results: Record<Verdict, TopicValidatorResult> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

export async function createGossipNetwork(
  options: GossipNetworkOptions,
  deps: GossipNetworkDeps,
): Promise<GossipNetwork> {
  const directory = new MemberDirectory(options, deps);
  const libp2p = await createLibp2pNode(
    {
      ...options,
      privateKey: await loadPeerKey(options.keyFile),
      topics: topicNames.map((name) => channelName(options.networkId, name)),
      maxMessageBytes: Math.max(...topicNames.map((name) => topics[name].maxBytes)),
    },
    directory,
  );
  return new Libp2pNetwork(options, { ...deps, directory, libp2p });
}

class Libp2pNetwork implements GossipNetwork {
  readonly #options: GossipNetworkOptions;
  readonly #libp2p: ComityLibp2p;
  readonly #directory: MemberDirectory;
  readonly #log: PartLog;
  readonly #router: TopicRouter;
  readonly #dialer: Dialer;
  readonly #topics = new Set<string>();
  readonly #streams = new Map<string, StreamHandler>();
  readonly #peerListeners: ((memberIndex: number) => void)[] = [];
  readonly #stopping = new AbortController();

  constructor(
    options: GossipNetworkOptions,
    deps: GossipNetworkDeps & { readonly directory: MemberDirectory; readonly libp2p: ComityLibp2p },
  ) {
    this.#options = options;
    this.#libp2p = deps.libp2p;
    this.#directory = deps.directory;
    this.#log = deps.log;
    this.#router = new TopicRouter(deps);
    this.#dialer = new Dialer({
      ...deps,
      isConnected: (peerId) => this.#connectionTo(peerId) !== undefined,
      dial: (peerId, addresses, signal) => this.#dial(peerId, addresses, signal),
      hangUpStrangers: () => this.#hangUpStrangers(),
    });
  }

  get peerId(): string {
    return this.#libp2p.peerId.toString();
  }

  get addresses(): readonly string[] {
    return this.#libp2p.getMultiaddrs().map(String);
  }

  async start(): Promise<void> {
    this.#libp2p.addEventListener("peer:connect", ({ detail }) => this.#connected(detail));
    await this.#libp2p.start();
    for (const [stream, handler] of this.#streams) await this.#handle(stream, handler);
    for (const topic of this.#topics) this.#libp2p.services.pubsub.subscribe(topic);
    void this.#dialer.run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#libp2p.stop();
  }

  async publish(topic: TopicName, bytes: Uint8Array): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.#libp2p.services.pubsub.publish(channelName(this.#options.networkId, topic), bytes);
  }

  onMessage(topic: TopicName, handler: TopicHandler): void {
    const name = channelName(this.#options.networkId, topic);
    this.#router.add(name, topics[topic].maxBytes, handler);
    this.#topics.add(name);
    const { pubsub } = this.#libp2p.services;
    pubsub.topicValidators.set(name, async (_propagator, message) => {
      if (message.type !== "signed") return TopicValidatorResult.Reject;
      return results[await this.#router.route(name, message.data, message.from.toString())];
    });
    if (this.#libp2p.status === "started") pubsub.subscribe(name);
  }

  async request(
    memberIndex: number,
    stream: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const peerId = this.#directory.peerIdOf(memberIndex);
    const connection = peerId === undefined ? undefined : this.#connectionTo(peerId);
    if (!connection) throw new StreamError("STREAM_UNREACHABLE", `member ${memberIndex} is not connected`);
    const opened = await this.#open(connection, stream, signal);
    return exchange(opened, bytes, signal);
  }

  serve(stream: string, handler: StreamHandler): void {
    this.#streams.set(stream, handler);
    if (this.#libp2p.status === "started") void this.#handle(stream, handler);
  }

  peers(): PeerStatus[] {
    return this.#directory.others().map(({ index, peerId }) => ({
      memberIndex: index,
      connected: this.#connectionTo(peerId) !== undefined,
    }));
  }

  onPeer(listener: (memberIndex: number) => void): void {
    this.#peerListeners.push(listener);
  }

  verdicts(): TopicVerdicts[] {
    return this.#router.verdicts();
  }

  #connected(peer: PeerId): void {
    const index = this.#directory.indexOf(peer.toString());
    if (index === undefined) return;
    this.#log.info("member connected", { memberIndex: index });
    for (const listener of this.#peerListeners) listener(index);
  }

  #connectionTo(peerId: string): Connection | undefined {
    return this.#libp2p
      .getConnections()
      .find(({ remotePeer, status }) => status === "open" && remotePeer.toString() === peerId);
  }

  async #open(
    connection: Connection,
    stream: string,
    signal: AbortSignal,
  ): ReturnType<Connection["newStream"]> {
    try {
      return await connection.newStream(channelName(this.#options.networkId, stream), { signal });
    } catch (cause) {
      const code = signal.aborted ? "STREAM_TIMEOUT" : "STREAM_UNREACHABLE";
      throw new StreamError(code, `member answers no ${stream} stream`, { cause });
    }
  }

  async #handle(stream: string, handler: StreamHandler): Promise<void> {
    await this.#libp2p.handle(
      channelName(this.#options.networkId, stream),
      async (inbound, connection) => {
        const from = this.#directory.indexOf(connection.remotePeer.toString());
        if (from === undefined) inbound.abort(new StreamError("STREAM_REFUSED", "no member"));
        else await answer(inbound, from, handler);
      },
      { maxInboundStreams: MAX_STREAMS_PER_PEER },
    );
  }

  #hangUpStrangers(): void {
    for (const connection of this.#libp2p.getConnections()) {
      const isMember = this.#directory.indexOf(connection.remotePeer.toString()) !== undefined;
      if (isMember || connection.status !== "open") continue;
      this.#log.info("hanging up on a peer that is no member's");
      connection
        .close()
        .catch((error: unknown) =>
          connection.abort(error instanceof Error ? error : new Error(String(error))),
        );
    }
  }

  async #dial(peerId: string, addresses: readonly string[], signal: AbortSignal): Promise<void> {
    const suffix = `/p2p/${peerId}`;
    const targets = addresses.map((address) =>
      multiaddr(address.endsWith(suffix) ? address : address + suffix),
    );
    if (targets.length > 0) await this.#libp2p.dial(targets, { signal });
  }
}
