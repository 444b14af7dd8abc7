import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { checkReceipt } from "./tipCheck.ts";
import { openTip, registerCaseOfficer } from "./tipOpen.ts";
import { notYetProtected, sealFile, sendFile } from "./tipSend.ts";

export interface TipCommandDeps {
  readonly dataDir: () => string;
  readonly out: Terminal;
  readonly exit: (code: number) => void;
}

type Options = Readonly<Record<string, string>>;

const about = `
A text of at most 60,000 bytes is sealed on this machine for the case officers of three members; two of them open it together, and each opening is
on the ledger. The gateway answers with a receipt; members that store the tip sign for it; when the hour is over, \`tip check\` proves
that the gateway kept the tip, or that it is guilty.

${notYetProtected.join("\n")}`;

const checkHelp = `
Exit codes: 0 kept; 1 dropped or withheld; 2 it cannot be said yet, or wrong usage.`;

/** The whistleblower's commands, and the case officers'. */
export function addTipCommands(program: Command, { dataDir, out, exit }: TipCommandDeps): void {
  const tip = program
    .command("tip")
    .description("send a sealed tip, check that it was kept, open one with another officer")
    .addHelpText("after", about);
  const withGateway = (command: Command): Command =>
    command
      .option(
        "--gateway <url>",
        "a gateway of the coalition (default: that of the coalition on this machine)",
      )
      .option(
        "--genesis <sha256>",
        "fingerprint of its genesis record, from a source that you trust; with --gateway",
      );
  const to = ["--to <members>", "whose case officers, for example xa,xb,xc (default: three by lot)"] as const;

  withGateway(tip.command("send <file>").description("seal the text in a file and leave it with a gateway"))
    .option(...to)
    .option("--receipt <file>", "where to write the receipt (default: tip-….receipt.json here)")
    .addHelpText("after", about)
    .action((file: string, options: Options) => sendFile(file, { ...options, dataDir: dataDir() }, out));
  withGateway(
    tip.command("seal <file> <cell>").description("only seal it, into a file for the gateway's form at /tip"),
  )
    .option(...to)
    .action((file: string, cell: string, options: Options) =>
      sealFile(file, cell, { ...options, dataDir: dataDir() }, out),
    );
  withGateway(
    tip
      .command("check <receipt>")
      .description("prove that the gateway kept the tip of a receipt, or that it is guilty"),
  )
    .addHelpText("after", checkHelp)
    .action(async (file: string, options: Options) =>
      exit(await checkReceipt(file, { ...options, dataDir: dataDir() }, out)),
    );
  addOfficerCommands(tip, { dataDir, out });
}

function addOfficerCommands(tip: Command, { dataDir, out }: Pick<TipCommandDeps, "dataDir" | "out">): void {
  tip
    .command("officer")
    .description("make the key of a member's case officer and register it, so that tips can be sealed for it")
    .requiredOption("--member <id>", "whose case officer")
    .action(({ member }: { member: string }) => registerCaseOfficer({ member, dataDir: dataDir() }, out));
  tip
    .command("open <tip>")
    .description("ask to open a tip, approve what another member's officer asked, or read what it approved")
    .requiredOption("--member <id>", "whose case officer you are")
    .option("--reason <text>", "why, for the ledger; to ask and to approve")
    .action((cellHash: string, options: { member: string; reason?: string }) =>
      openTip(cellHash, { ...options, dataDir: dataDir() }, out),
    );
}
