export { type EvidenceServerDeps, serveEvidence } from "./evidenceStream.ts";
export { createGossipNetwork, type GossipNetworkDeps, type GossipNetworkOptions } from "./libp2pNetwork.ts";
export { loadPeerKey, signPeerClaim } from "./peerKey.ts";
export { serveMirror } from "./mirrorServer.ts";
export { type GossipNetwork, type PeerStatus, StreamError, type TopicVerdicts } from "./network.ts";
export {
  MirrorReplicator,
  type ReplicatorDeps,
  ReplicatorError,
  type ReplicatorOptions,
} from "./replicator.ts";
export { CheckpointGossip, type CheckpointGossipDeps } from "./topics/checkpoint.ts";
export { EquivocationGossip, type EquivocationGossipDeps } from "./topics/equivocation.ts";
export type { LogNames } from "./topics/logNames.ts";
export { SummaryGossip, type SummaryGossipDeps, type SummaryGossipOptions } from "./topics/summary.ts";
