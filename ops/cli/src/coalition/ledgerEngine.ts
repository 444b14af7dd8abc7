import type { ProcessSpec } from "./processSpec.ts";

/** What a local coalition keeps its ledger on. */
export interface LedgerEngine {
  /** To be started before anything else. */
  readonly processes: readonly ProcessSpec[];
  /** Once they are started: makes what a first start lacks, and resolves when transactions can be sent. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Puts another version of the chaincode in force while clients work. Undefined where members have no say in it. */
  readonly upgrade?: (programFile: string, processes: Processes) => Promise<void>;
  /** Has a member's peer begin anew, from another member's snapshot. */
  readonly rejoin?: (memberId: string, processes: Processes) => Promise<void>;
  /** Gives a member's orderer and peer new certificates and keys. */
  readonly renew?: (memberId: string, processes: Processes) => Promise<void>;
}

/** Where processes are started and stopped. */
export interface Processes {
  start(spec: ProcessSpec): void;
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
}
