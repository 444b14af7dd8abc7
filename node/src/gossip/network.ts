import { DomainError } from "@comity/protocol";
import type { Startable } from "../lifecycle.ts";

/** What a topic's rule says of a message: deliver and forward, drop silently, or drop and hold it against the peer. */
export type Verdict = "accept" | "ignore" | "reject";

export type TopicHandler = (bytes: Uint8Array, from: number) => Promise<Verdict>;
export type StreamHandler = (bytes: Uint8Array, from: number) => Promise<Uint8Array>;

export type StreamErrorCode =
  "STREAM_UNREACHABLE" | "STREAM_TIMEOUT" | "STREAM_MALFORMED" | "STREAM_OVERSIZED" | "STREAM_REFUSED";

/** Why a direct request got no answer. STREAM_REFUSED carries the other node's own sentence. */
export class StreamError extends DomainError<StreamErrorCode> {}

/** Messages among the members' nodes. Members are named by their index in genesis, never by a peer id. */
export interface GossipNetwork extends Startable {
  readonly peerId: string;
  readonly addresses: readonly string[];
  publish(topic: string, bytes: Uint8Array): Promise<void>;
  onMessage(topic: string, handler: TopicHandler): void;
  /** Asks one member directly. @throws StreamError */
  request(memberIndex: number, stream: string, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  serve(stream: string, handler: StreamHandler): void;
  peers(): readonly PeerStatus[];
  /** Calls the listener whenever another member's node has become reachable. */
  onPeer(listener: (memberIndex: number) => void): void;
  /** Messages per topic and verdict since the start, for metrics. */
  verdicts(): readonly TopicVerdicts[];
}

export interface PeerStatus {
  readonly memberIndex: number;
  readonly connected: boolean;
}

export interface TopicVerdicts extends Readonly<Record<Verdict, number>> {
  readonly topic: string;
}

/** The part of the ledger's register that gossip needs: who may connect, and where they listen. */
export interface RegisteredNode {
  readonly index: number;
  readonly node?: { readonly peerId: string; readonly addresses: readonly string[] } | undefined;
}
