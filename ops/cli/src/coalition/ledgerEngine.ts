import type { ProcessSpec } from "./processSpec.ts";

/** What a local coalition keeps its ledger on. */
export interface LedgerEngine {
  /** To be started before anything else. */
  readonly processes: readonly ProcessSpec[];
  /** Once they are started: makes what a first start lacks, and resolves when transactions can be sent. */
  prepare(signal: AbortSignal): Promise<void>;
}
