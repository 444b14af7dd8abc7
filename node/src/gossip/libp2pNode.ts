import { isIPv6 } from "node:net";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { gossipsub, type GossipSub, StrictSign } from "@libp2p/gossipsub";
import { identify, type Identify } from "@libp2p/identify";
import type { ConnectionGater, PeerId, PrivateKey } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { createLibp2p, type Libp2p } from "libp2p";
import type { MemberDirectory } from "./memberDirectory.ts";
import { topicScores } from "./topicScores.ts";

export type ComityLibp2p = Libp2p<{ identify: Identify; pubsub: GossipSub }>;

export interface Libp2pNodeOptions {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  readonly privateKey: PrivateKey;
  readonly topics: readonly string[];
  readonly maxMessageBytes: number;
}

/** A libp2p node that speaks only to members: not started yet. */
export async function createLibp2pNode(
  options: Libp2pNodeOptions,
  directory: MemberDirectory,
): Promise<ComityLibp2p> {
  return createLibp2p({
    start: false,
    privateKey: options.privateKey,
    addresses: { listen: [`/ip${isIPv6(options.host) ? 6 : 4}/${options.host}/tcp/${options.port}`] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: membersOnly(directory),
    // All members may sit behind one address (one machine, one proxy): the defaults of 5 connections a second and
    // 10 pending ones would lock them out. Strangers are refused by the gater.
    connectionManager: {
      maxConnections: 600,
      inboundConnectionThreshold: 200,
      maxIncomingPendingConnections: 200,
    },
    services: { identify: identify(), pubsub: gossipsub(gossipsubOptions(options)) },
  });
}

/** Denies everybody whom the register does not name, as soon as the handshake has told who they are. */
function membersOnly(directory: MemberDirectory): ConnectionGater {
  const isStranger = (peer: PeerId): boolean => directory.indexOf(peer.toString()) === undefined;
  return {
    denyDialPeer: isStranger,
    denyDialMultiaddr: () => false,
    denyInboundEncryptedConnection: isStranger,
    denyOutboundEncryptedConnection: isStranger,
    filterMultiaddrForPeer: (peer) => !isStranger(peer),
  };
}

function gossipsubOptions({ topics, maxMessageBytes }: Libp2pNodeOptions): Parameters<typeof gossipsub>[0] {
  return {
    globalSignaturePolicy: StrictSign,
    allowedTopics: [...topics],
    // A coalition is small: what we publish goes to every member at once, and a lone node may publish to nobody.
    floodPublish: true,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    maxInboundDataLength: 4 * maxMessageBytes,
    // The signature commits to author, sequence number, topic and data: duplicates are known before anything is verified.
    fastMsgIdFn: ({ signature, data }) =>
      Buffer.from(signature ?? data ?? new Uint8Array()).toString("latin1"),
    scoreParams: {
      topics: topicScores(topics),
      // Members are allow-listed, so many of them behind one address is no sign of a Sybil.
      IPColocationFactorWeight: 0,
      // Under load this penalty shrinks the mesh of honest peers.
      behaviourPenaltyWeight: 0,
    },
  };
}
