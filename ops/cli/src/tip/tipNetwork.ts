import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CliError } from "../cliError.ts";
import { Layout } from "../coalition/layout.ts";
import { consoleUrl } from "../coalition/processes.ts";
import { findNetwork } from "../command/network.ts";
import { meetGateway, type TipNetwork } from "./tipGateway.ts";

export interface TipNetworkOptions {
  readonly dataDir: string;
  readonly gateway?: string;
  readonly genesis?: string;
}

/** The network that a sender names by gateway and fingerprint; without them, the coalition on this machine. */
export async function findTipNetwork({ dataDir, gateway, genesis }: TipNetworkOptions): Promise<TipNetwork> {
  if (gateway === undefined) {
    const { network } = findNetwork(dataDir);
    return meetGateway(consoleUrl(network.gatewayPort), genesis ?? network.genesis);
  }
  if (genesis === undefined) {
    throw new CliError(
      "USAGE",
      "A gateway cannot vouch for itself: say which coalition you mean with --genesis SHA256, from a source that you trust.",
    );
  }
  if (!/^[0-9a-f]{64}$/.test(genesis) || !/^https?:\/\/[^\s/]+$/.test(gateway)) {
    throw new CliError(
      "USAGE",
      "--genesis takes 64 lower-case hex digits, --gateway an address such as https://gateway.example.",
    );
  }
  return meetGateway(gateway, genesis);
}

/** Whether the coalition in a data directory is the one meant: then its ledger can be asked without the gateway. */
export function hasLedgerOf({ networkId }: TipNetwork, dataDir: string): boolean {
  if (!existsSync(new Layout(resolve(dataDir)).networkFile)) return false;
  return findNetwork(dataDir).network.genesis === networkId;
}
