import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { findBinaries } from "@comity/fabric";
import type { Clock } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import type { Coalition, CoalitionDeps, CoalitionOptions } from "./coalition.ts";
import { createNetwork } from "./createNetwork.ts";
import { embeddedEngine } from "./embeddedEngine.ts";
import { fabricEngine } from "./fabric/fabricEngine.ts";
import { settleLeave } from "./fabric/membershipDraft.ts";
import { Layout } from "./layout.ts";
import type { LedgerEngine } from "./ledgerEngine.ts";
import { LocalCoalition } from "./localCoalition.ts";
import { takeLock } from "./lock.ts";
import { type Network, readNetwork } from "./networkFile.ts";
import { programOf } from "./processes.ts";

/** A day a second, for five minutes with four members: a venue's thirty days to respond pass while one watches. More members need longer. */
export function storyClock(members: number): Omit<Clock, "originMs"> {
  return { scale: 86_400, scaledMs: members * 75_000, bucketMs: 300_000 };
}

/** Makes or reopens a coalition and starts its processes; `ready` waits for them. */
export async function startCoalition(options: CoalitionOptions, deps: CoalitionDeps): Promise<Coalition> {
  const layout = new Layout(resolve(options.dataDir));
  const isNew = !existsSync(layout.networkFile);
  if (isNew) {
    // Before anything is written: what is missing is missing.
    if (options.ledger === "fabric") await findBinaries(deps.search ?? {});
    const { members = 4, clock = storyClock(members), rulebook, ledger } = options;
    await createNetwork(layout, { members, clock, rulebook, ledger }, deps.now);
  }
  await settleLeave(layout);
  const network = readNetwork(layout);
  refuseOther(options, network);
  const release = takeLock(layout);
  try {
    const engine = await createEngine(layout, network, deps);
    deps.onEvent("comity", {
      event: isNew ? "network-created" : "network-reopened",
      genesis: network.genesis,
    });
    return new LocalCoalition({ layout, network, isNew, engine, release }, options, deps);
  } catch (error) {
    release();
    throw error;
  }
}

function createEngine(layout: Layout, network: Network, deps: CoalitionDeps): Promise<LedgerEngine> {
  const program = programOf("@comity/chaincode").script;
  if (network.ledger !== "fabric") return embeddedEngine(layout, network, program);
  return fabricEngine(layout, network, program, { ...deps, search: deps.search ?? {} });
}

function refuseOther({ members, ledger, dataDir }: CoalitionOptions, network: Network): void {
  const { length } = network.members;
  if (members !== undefined && members !== length) {
    throw new CliError(
      "DATA_DIR_OTHER_SIZE",
      `The coalition in ${dataDir} has ${length} members. Leave --members out, or choose another --data-dir.`,
    );
  }
  const engine = network.ledger ?? "embedded";
  if (ledger !== undefined && ledger !== engine) {
    throw new CliError(
      "DATA_DIR_OTHER_LEDGER",
      `The coalition in ${dataDir} has its ledger on ${engine}. Leave --ledger out, or choose another --data-dir.`,
    );
  }
}
