import type { Network } from "./networkFile.ts";
import type { ProcessSpec } from "./processSpec.ts";

/** What a local coalition keeps its ledger on. */
export interface LedgerEngine {
  /** To be started before anything else. */
  readonly processes: readonly ProcessSpec[];
  /** Once they are started: makes what a first start lacks, and resolves when transactions can be sent. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Undefined where there is nothing to keep up: the embedded ledger has no members' orderers, peers or votes on chaincode. */
  readonly upkeep?: Upkeep;
  /** Brings back, until the signal aborts, what answers and yet does not work. */
  readonly watch?: (processes: Processes, watching: Watching) => Promise<void>;
}

export interface Watching {
  readonly signal: AbortSignal;
  /** Told of a process before it is started anew. */
  readonly onStuck: (process: string) => void;
}

/** Work on a network while clients use it. */
export interface Upkeep {
  /** Puts another chaincode in force: new servers run beside the old ones until all members have approved it. */
  upgradeChaincode(programFile: string, processes: Processes): Promise<void>;
  /** Has a member's peer that lost its data begin anew from another member's snapshot. */
  rejoinBySnapshot(memberId: string, processes: Processes): Promise<void>;
  /** Has a member's orderer that lost its data begin anew from what the others have. */
  rejoinOrderer(memberId: string, processes: Processes): Promise<void>;
  /** Gives a member's orderer and peer new certificates and keys. */
  renewCertificates(memberId: string, processes: Processes): Promise<void>;
  /** Carries out the change of the members that is prepared and voted for: channel, processes, chaincode, register. */
  changeMembers(processes: Processes): Promise<void>;
}

/** Where processes are started and stopped. */
export interface Processes {
  /** All that were ever started. */
  processes(): readonly { readonly name: string }[];
  start(spec: ProcessSpec): void;
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** The members have changed: nodes and gateway follow. */
  adopt(network: Network): Promise<void>;
}
