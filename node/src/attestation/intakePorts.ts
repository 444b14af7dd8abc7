import type {
  Clock as NetworkClock,
  Ed25519Verify,
  HostDocument,
  MemberId,
  NetworkId,
  SiteDocument,
} from "@comity/protocol";
import type { EvidenceLogs } from "../log/index.ts";
import type { RefusalCode } from "./refusal.ts";

export interface IntakeOptions {
  /** For the index of hosts; the logs themselves lie elsewhere. */
  readonly directory: string;
  readonly networkId: NetworkId;
  readonly memberId: MemberId;
  readonly networkClock: NetworkClock;
  /** How far a host's clock may be ahead, real time; a minute unless given. */
  readonly skewMs?: number;
  /** An interval that ended longer ago is late, real time; ten minutes unless given. */
  readonly lateMs?: number;
  /** How long an answer waits for copies on other nodes; 20 s unless given. */
  readonly replicationTimeoutMs?: number;
  /** Bytes of batches in work at once; 32 MiB unless given. */
  readonly maxQueuedBytes?: number;
}

/** Copies our logs to other members' nodes. */
export interface Replicator {
  /** Resolves once f + 1 other nodes hold everything up to the log's size at the time of the call; rejects when the signal aborts. */
  replicate(origin: string, signal: AbortSignal): Promise<void>;
}

/** The ledger's view of who is enrolled where. */
export interface Enrolments {
  host(hostId: string): HostDocument | undefined;
  site(siteId: string): SiteDocument | undefined;
}

export interface IntakeDeps {
  readonly logs: EvidenceLogs;
  readonly replicator: Replicator;
  readonly enrolments: Enrolments;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly verify: Ed25519Verify;
  /** Told when evidence that passed cannot be put into the log: the process must stop. */
  readonly fatal: (error: Error) => void;
}

export type ItemAnswer =
  | { readonly status: "accepted"; readonly index: number }
  | { readonly status: "refused"; readonly code: RefusalCode; readonly detail: string };

export interface BatchAnswer {
  readonly items: readonly ItemAnswer[];
  readonly nonceEpoch: string;
}

export interface HostAnswer {
  readonly bootCount: number;
  /** 0 before the first; the next segment has the next number. */
  readonly segmentNumber: string;
  /** Policy time at which the last interval ended. */
  readonly endMs: number;
  readonly accelerators: readonly { serial: string; counter: string; nonce: string; head: string }[];
  readonly nonceEpoch: string;
}
