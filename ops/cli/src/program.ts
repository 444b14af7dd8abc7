import type { Writable } from "node:stream";
import type { SearchPath } from "@comity/fabric";
import { LedgerError } from "@comity/ledger";
import { Command, CommanderError, Option } from "commander";
import { domainErrorOf } from "./cliError.ts";
import { listAlerts } from "./command/alert.ts";
import { addBondCommands, addCheckpointCommands } from "./command/bondCommands.ts";
import { addDecisionCommands, addDesignationCommands } from "./command/designationCommands.ts";
import { type LedgerEngineName, ledgerEngines } from "./coalition/networkFile.ts";
import { fileNotice, listNotices } from "./command/notice.ts";
import { defaultDataDir, Interrupted, up } from "./command/up.ts";
import { showStatus } from "./command/status.ts";
import { doctor } from "./command/doctor.ts";
import { addFabricCommands, memberCount } from "./command/fabricCommands.ts";
import { addMemberCommands } from "./command/memberCommands.ts";
import { addTipCommands } from "./command/tipCommands.ts";
import { verify } from "./command/verify.ts";
import { type Terminal, terminal } from "./terminal.ts";

export interface World {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly now: () => number;
  /** When this process started, in the same milliseconds. */
  readonly startedMs: number;
  readonly interrupted: AbortSignal;
  /** Where the commands of a real network are. */
  readonly search: SearchPath;
}

/** 0 it held, 1 it did not, 2 the command was not understood, 130 somebody interrupted it. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const help = `
Exit codes: 0 done, or valid; 1 failed, or not valid; 2 wrong usage, or a question that needs --genesis; 130 interrupted.`;

interface Shared {
  readonly json?: boolean;
  readonly dataDir?: string;
}

/** Runs one command line to its exit code. Every error ends here as a sentence, or as JSON with its code. */
export async function runCommand(args: readonly string[], world: World): Promise<number> {
  const out = terminal(args.includes("--json"), world.stdout, world.stderr);
  let code: number = exitCodes.ok;
  const program = createProgram(world, out, (value) => (code = value));
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return report(error, out, world.stderr);
  }
}

function createProgram(world: World, out: Terminal, exit: (code: number) => void): Command {
  const program = new Command("comity")
    .description("A federated ledger network for governing large AI training runs")
    .option("--json", "one JSON document on stdout; what people read goes to stderr")
    .option("--data-dir <dir>", `where the coalition lies (default: ${defaultDataDir})`)
    .addHelpText("after", help)
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
    })
    .exitOverride();
  const dataDir = (): string => program.opts<Shared>().dataDir ?? defaultDataDir;

  program
    .command("up")
    .description("bring up a coalition on this machine, tell the story, stay until Ctrl-C")
    .option("--members <n>", "member states of a new coalition, 4 to 16 (default: 4)", memberCount)
    .option("--once", "end with the story; exit 0 only if every step held", false)
    .addOption(
      new Option(
        "--ledger <engine>",
        "of a new coalition: embedded, or fabric, a real network (default: embedded)",
      ).choices(ledgerEngines),
    )
    .action(async (options: { members?: number; once: boolean; ledger?: LedgerEngineName }) => {
      exit(await up({ ...options, ...program.opts<Shared>() }, { ...world, out }));
    });

  program
    .command("status")
    .description("who is up, which key is in force, what each open proposal waits for")
    .action(() => showStatus(dataDir(), out, world.now()));

  addFabricCommands(program, { ...world, out, exit });
  addMemberCommands(program, { dataDir, out });

  program
    .command("doctor")
    .description("compare the ledger's register with the channel of a real network; exit 1 where they differ")
    .action(async () => exit((await doctor(dataDir(), world.search, out)) ? 0 : 1));

  const notice = program.command("notice").description("Model Run Notices");
  notice
    .command("file <file>")
    .description("file the notice in a JSON file, as an officer")
    .option("--member <id>", "whose officer (default: the member that supervises the first facility)")
    .action((file: string, options: { member?: string }) =>
      fileNotice(file, { ...options, dataDir: dataDir() }, out, world.now()),
    );
  notice
    .command("list")
    .description("all notices on the ledger")
    .action(() => listNotices(dataDir(), out));

  program
    .command("alert")
    .description("alerts that the coalition signed")
    .command("list")
    .action(() => listAlerts(dataDir(), out));

  addBondCommands(program, { dataDir, out, now: world.now });
  addCheckpointCommands(program, { dataDir, out, now: world.now });
  addTipCommands(program, { dataDir, out, exit });
  addDesignationCommands(program, { dataDir, out, now: world.now });
  addDecisionCommands(program, { dataDir, out, now: world.now });

  program
    .command("verify <bundle>")
    .description("check, offline, that a coalition signed an alert, or what its registries say of an id")
    .option(
      "--genesis <sha256>",
      "fingerprint of the coalition's genesis record, from a source that you trust",
    )
    .option("--id <id>", "the id that you asked for; without it the bundle's own is believed")
    .action((file: string, options: { genesis?: string; id?: string }) => exit(verify(file, options, out)));
  return program;
}

function report(error: unknown, out: Terminal, stderr: Writable): number {
  // Commander has printed its own sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof Interrupted) return exitCodes.interrupted;
  const { code, message } = explain(error);
  if (out.isJson) out.result({ ok: false, error: { code, message } }, []);
  stderr.write(`${message}\n`);
  return code === "USAGE" ? exitCodes.usage : exitCodes.failed;
}

interface Explanation {
  readonly code: string;
  readonly message: string;
}

function explain(error: unknown): Explanation {
  const known = domainErrorOf(error);
  if (known instanceof LedgerError) return explainLedger(known);
  if (known !== undefined) return known;
  if (!(error instanceof Error)) return { code: "INTERNAL", message: String(error) };
  // What the system refuses, for example a path that is no directory, says itself well enough.
  if ("syscall" in error && "code" in error)
    return { code: String(error.code), message: `${error.message}.` };
  return {
    code: "INTERNAL",
    message: `Something is wrong in Comity itself: ${error.stack ?? error.message}`,
  };
}

function explainLedger({ code, message }: LedgerError): Explanation {
  if (code !== "LEDGER_UNAVAILABLE") return { code, message: `The ledger refuses (${code}): ${message}` };
  return { code, message: `No ledger answers. Start the coalition with \`comity up\` first. (${message})` };
}
