import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { listMembers, voteMembership } from "./member.ts";

const about = `
A member joins, or leaves, by the votes of a quorum for one file, which names
the update of the channel by its SHA-256; the channel is changed after that.

Example: comity fabric prepare join --reason "It has asked to."
         comity member vote .comity/fabric/change.json --member xb
         comity fabric apply`;

const voteAbout = `
The vote is for exactly what the file says. Before it, look at the update:
sha256sum must give the file's configUpdate, and
configtxlator proto_decode --type common.ConfigUpdate shows what it changes.

Example: comity member vote .comity/fabric/change.json --member xb`;

/** `comity member …`: who belongs to the coalition. */
export function addMemberCommands(
  program: Command,
  { dataDir, out }: { readonly dataDir: () => string; readonly out: Terminal },
): void {
  const member = program
    .command("member")
    .description("who belongs to the coalition, and who joins or leaves")
    .addHelpText("after", about);
  member
    .command("list")
    .description("the members, those that left, and changes that are proposed or were made")
    .action(() => listMembers(dataDir(), out));
  member
    .command("vote <file>")
    .description("vote, as an officer, for the change that a file describes; the first vote proposes it")
    .option("--member <id>", "whose officer votes (default: the first member's)")
    .addHelpText("after", voteAbout)
    .action((file: string, options: { member?: string }) =>
      voteMembership(file, { ...options, dataDir: dataDir() }, out),
    );
}
