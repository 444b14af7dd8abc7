import type { Layout, Network, ProcessSpec } from "@comity/cli";
import type { ChaincodePackage } from "@comity/fabric";

/** One of the two ledgers, as processes of this machine. */
export interface Engine {
  readonly name: "embedded" | "fabric";
  /** Without the chaincode servers. */
  readonly processes: readonly ProcessSpec[];
  /** Once all processes are started: makes what a first start lacks. */
  prepare(signal: AbortSignal): Promise<void>;
  /** The process that holds a member's gateway. */
  gatewayProcess(memberId: string): string;
}

/** Where the engines differ in how they are set up, and in nothing else. */
export type MakeEngine = (
  layout: Layout,
  network: Network,
  chaincodes: readonly ChaincodePackage[],
) => Promise<Engine>;
