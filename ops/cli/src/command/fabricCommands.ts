import { setTimeout as sleep } from "node:timers/promises";
import { parseMemberId } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { applyChange, chore, prepareChange, upgradeChaincode } from "./fabricChores.ts";
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
      if (event.event === "process-stuck") world.out.say(`${process} stood still and is started anew.`);
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
  addChores(fabric, deps, () => program.opts<{ dataDir?: string }>().dataDir ?? fabricDataDir);
  fabric
    .command("status")
    .description("which orderers and peers are well, and how far each has come")
    .action(run(async (options) => world.exit((await fabricStatus(options, deps)) ? 0 : 1)));
}

const prepareAbout = `
Writes change.json, which the members vote on, and change.pb, the update of the
channel that it names by its SHA-256. All members' parts should be up: from the
update on, more of them must agree.

Example: comity fabric prepare join --reason "It has asked to."
         comity fabric prepare leave xb --reason "It has asked to."`;

/** What a network that runs is asked to do. */
function addChores(fabric: Command, deps: FabricDeps, dataDir: () => string): void {
  fabric
    .command("prepare <change> [member]")
    .description("prepare that a state joins, or a member leaves: `join`, or `leave xb`; nothing changes yet")
    .requiredOption("--reason <text>", "why, for those who vote")
    .addHelpText("after", prepareAbout)
    .action((change: string, memberId: string | undefined, { reason }: { reason: string }) => {
      if (change !== "join" && change !== "leave") throw new CliError("USAGE", "Prepare `join` or `leave`.");
      return prepareChange(change, { dataDir: dataDir(), memberId, reason }, deps);
    });
  fabric
    .command("apply")
    .description("carry out the prepared change, once a quorum has voted for it")
    .action(() => applyChange(dataDir(), deps));
  fabric
    .command("upgrade [program]")
    .description("put another chaincode in force while clients work (default: the one that is built)")
    .action((program: string | undefined) => upgradeChaincode({ dataDir: dataDir(), program }, deps));
  fabric
    .command("renew <member>")
    .description("give a member's orderer and peer new certificates and keys while clients work")
    .action((id: string) => {
      const wanted = { do: "renew", memberId: parseMemberId(id) } as const;
      return chore(dataDir(), wanted, `The certificates of ${id} are new.`, deps);
    });
  fabric
    .command("rejoin <member>")
    .description(
      "have a member's peer begin anew from another member's snapshot, or its orderer from the others' blocks",
    )
    .option("--orderer", "its orderer, and not its peer", false)
    .action((id: string, { orderer }: { orderer: boolean }) => {
      const part = orderer ? "orderer" : "peer";
      const wanted = { do: "rejoin", memberId: parseMemberId(id), part } as const;
      return chore(dataDir(), wanted, `The ${part} of ${id} is back.`, deps);
    });
}

export function memberCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 4 && count <= 16) return count;
  throw new InvalidArgumentError("A coalition on one machine has 4 to 16 members.");
}
