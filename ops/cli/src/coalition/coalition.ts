import type { KeyPairFiles, SearchPath } from "@comity/fabric";
import type { LedgerClient } from "@comity/ledger";
import type { Clock, FigureName } from "@comity/protocol";
import type { ProcessEvent } from "./child.ts";
import type { Layout } from "./layout.ts";
import type { Upkeep } from "./ledgerEngine.ts";
import type { LedgerEngineName, Network } from "./networkFile.ts";
import type { ProcessSpec } from "./processSpec.ts";
import type { ProcessState } from "./supervisor.ts";

export interface CoalitionOptions {
  readonly dataDir: string;
  /** 4 unless given; a coalition that is there already keeps its size. */
  readonly members?: number;
  /** Of a new network. The story's unless given. */
  readonly clock?: Omit<Clock, "originMs">;
  /** Of a new network: other values than the rulebook's own, by figure. */
  readonly rulebook?: Partial<Record<FigureName, string>>;
  /** `embedded` unless given; a coalition that is there already keeps its engine. */
  readonly ledger?: LedgerEngineName;
  /** The ledger alone: no nodes and no gateway. */
  readonly ledgerOnly?: boolean;
  readonly readyTimeoutMs?: number;
}

export type EventListener = (process: string, event: ProcessEvent) => void;

export interface CoalitionDeps {
  /** Told of everything that happens, in the processes and around them. */
  readonly onEvent: EventListener;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Where the commands of a real network are. */
  readonly search?: SearchPath;
}

/** A running coalition. Processes are `gateway`, `chaincode-xa` and `node-xa` for each member, and `ledger`, or `orderer-xa` and `peer-xa`. */
export interface Coalition {
  readonly layout: Layout;
  readonly network: Network;
  /** False when an earlier start made it. */
  readonly isNew: boolean;
  readonly gatewayUrl: string;
  consoleUrl(memberId: string): string;
  /** A client with an identity of this member: one that came with the coalition, or files. Closed by `stop`. */
  ledger(memberId: string, identity: "officer" | "node" | "gateway" | KeyPairFiles): LedgerClient;
  /** A client with a surety's identity. Closed by `stop`. */
  suretyLedger(suretyId: string): LedgerClient;
  processes(): ProcessState[];
  /** Also told of everything that happens from now on. */
  listen(listener: EventListener): void;
  /** One more process under the same supervision. */
  start(spec: ProcessSpec): void;
  kill(process: string): Promise<void>;
  stop(process: string): Promise<void>;
  restart(process: string): Promise<void>;
  /** The members have changed: nodes and gateway follow. */
  adopt(network: Network): Promise<void>;
  signal(process: string, signal: NodeJS.Signals): void;
  /** Resolves once the ledger holds the genesis record. */
  founded(): Promise<void>;
  /** Resolves once all nodes and the gateway answer that they are ready. */
  ready(): Promise<void>;
  /** Of a real network; each takes the coalition itself for its processes. @throws CliError LEDGER_EMBEDDED on the embedded ledger */
  readonly upkeep: Upkeep;
  /** Ends every process. May be called at any time, and twice. */
  close(): Promise<void>;
}
