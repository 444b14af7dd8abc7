import { setTimeout as sleep } from "node:timers/promises";
import type { SearchPath } from "@comity/fabric";
import { type Command, InvalidArgumentError } from "commander";
import type { Terminal } from "../terminal.ts";
import {
  fabricDataDir,
  type FabricDeps,
  fabricDown,
  type FabricOptions,
  fabricStatus,
  fabricUp,
  runFabric,
} from "./fabric.ts";

export interface FabricWorld {
  readonly out: Terminal;
  readonly now: () => number;
  readonly startedMs: number;
  readonly interrupted: AbortSignal;
  readonly search: SearchPath;
  readonly exit: (code: number) => void;
}

/** `comity fabric …`: a real network on this machine. */
export function addFabricCommands(program: Command, world: FabricWorld): void {
  const fabric = program
    .command("fabric")
    .description(`a real Hyperledger Fabric network on this machine (default --data-dir: ${fabricDataDir})`);
  const deps: FabricDeps = {
    ...world,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    onEvent: (process, event) => {
      if (event.event === "process-died") world.out.say(`${process} died.`);
    },
  };
  const run =
    (work: (options: FabricOptions, deps: FabricDeps) => Promise<void>) =>
    async (options: { members?: number }): Promise<void> => {
      const { dataDir = fabricDataDir } = program.opts<{ dataDir?: string }>();
      await work({ ...options, dataDir }, deps);
    };
  const members = [
    "--members <n>",
    "member states of a new network, 4 to 16 (default: 4)",
    memberCount,
  ] as const;

  fabric
    .command("up")
    .description(
      "start it in the background, made anew where it is not there; end once every gateway can endorse",
    )
    .option(...members)
    .action(run(fabricUp));
  fabric
    .command("run")
    .description("the same in the foreground, until Ctrl-C")
    .option(...members)
    .action(run(runFabric));
  fabric.command("down").description("stop it; its data stay").action(run(fabricDown));
  fabric
    .command("status")
    .description("which orderers and peers are well, and how far each has come")
    .action(run(async (options) => world.exit((await fabricStatus(options, deps)) ? 0 : 1)));
}

export function memberCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 4 && count <= 16) return count;
  throw new InvalidArgumentError("A coalition on one machine has 4 to 16 members.");
}
