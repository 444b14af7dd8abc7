import type { EquivocationMessage, SummaryMessage } from "@comity/protocol";
import type { Missing } from "./readiness.ts";

export interface ConsoleProposal {
  readonly digest: string;
  readonly kind: string;
  readonly subject: { readonly operatorId: string; readonly siteId: string };
  /** How many members must sign. */
  readonly threshold: number;
  /** Member ids. */
  readonly signed: readonly string[];
  readonly refused: readonly { readonly memberId: string; readonly reason: string }[];
  readonly missing: readonly string[];
  readonly expiresAtMs: number;
  /** What it waits for, as one sentence. */
  readonly why: string;
}

export interface ConsoleLog {
  readonly origin: string;
  readonly own: boolean;
  readonly size: number;
  readonly root: string;
  readonly checkpoint: string | undefined;
}

export interface ConsolePeer {
  readonly memberId: string;
  readonly name: string;
  readonly connected: boolean;
  readonly peerId: string | undefined;
}

/** What the console shows; each is asked anew for every request. */
export interface ConsoleSources {
  missing(): Promise<readonly Missing[]>;
  status(): Promise<Readonly<Record<string, unknown>>>;
  peers(): readonly ConsolePeer[];
  logs(): readonly ConsoleLog[];
  proposals(): readonly ConsoleProposal[];
  /** What members say came in at each log lately. */
  summaries(): readonly SummaryMessage[];
  /** Proofs that a member signed two trees of one log. */
  equivocations(): readonly EquivocationMessage[];
  /** A verified bundle's exact bytes; undefined where the ledger has no such alert. */
  bundle(alertId: string): Promise<Uint8Array | undefined>;
  /** What C2SP tlog-tiles serves of a log. */
  resource(origin: string, path: string): Promise<Uint8Array | undefined>;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}
