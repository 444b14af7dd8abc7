import { type Command, InvalidArgumentError } from "commander";
import type { Terminal } from "../terminal.ts";
import {
  listCases,
  nominate,
  openVote,
  respond,
  saveBundle,
  serve,
  showCase,
  vote,
  type VoteOptions,
} from "./designation.ts";

interface CommandPlace {
  readonly dataDir: () => string;
  readonly out: Terminal;
  readonly now: () => number;
}

const about = `
A case against a venue goes through: nominate, serve its notice, wait for its
response or for the rulebook's 30 days, open the vote, approve or refuse as
each member's officer. A quorum designates it; the members' nodes then sign
that together, and it is listed. Delisting is a vote of its own: open --delist.

Example: comity designation list`;

const nominateAbout = `
The file holds one JSON object: venue (schema, name, aliases, country and, if
known, address, registrationNumber, website), legalBasis, reasons, and either
evidence (SHA-256 hashes) or evidenceFiles (paths beside the file). Documents
stay here; the ledger keeps their hashes. venueId is drawn unless it is there.

Example: comity designation nominate ops/cli/example/nomination.json`;

const serveAbout = `
The proof of service stays here; the ledger keeps its hash and the time, from
which the venue has 30 days to respond. Only the nominating member can say so.

Example: comity designation serve 01J… --proof receipt.pdf`;

const respondAbout = `
The response stays here; the ledger keeps its hash. The vote may then open.

Example: comity designation respond 01J… --response answer.pdf`;

const openAbout = `
Example: comity designation open 01J… --reason "It has not responded."`;

const bundleAbout = `
Shows whoever has the genesis fingerprint what the signed list says of an id,
or that it is not on the list, without asking anybody.

Example: comity designation bundle 01J…`;

const whose = "whose officer acts (default: the nominating member's)";

export function addDesignationCommands(program: Command, place: CommandPlace): void {
  const { dataDir, out, now } = place;
  const designation = program
    .command("designation")
    .description("cases against venues, from nomination to listing and delisting")
    .addHelpText("after", about);
  designation
    .command("nominate <file>")
    .description("open a case with the nomination in a JSON file")
    .option("--member <id>", "whose officer acts (default: the first member's)")
    .addHelpText("after", nominateAbout)
    .action((file: string, options: { member?: string }) =>
      nominate(file, { ...options, dataDir: dataDir() }, out, now()),
    );
  designation
    .command("serve <id>")
    .description("put on record that the venue's notice has reached it")
    .requiredOption("--proof <file>", "the proof of service")
    .addHelpText("after", serveAbout)
    .action((id: string, options: { proof: string }) => serve(id, { ...options, dataDir: dataDir() }, out));
  designation
    .command("respond <id>")
    .description("put the venue's response on record")
    .requiredOption("--response <file>", "what the venue answered")
    .option("--member <id>", whose)
    .addHelpText("after", respondAbout)
    .action((id: string, options: { response: string; member?: string }) =>
      respond(id, { ...options, dataDir: dataDir() }, out),
    );
  designation
    .command("open <id>")
    .description("open the vote of all members")
    .requiredOption("--reason <text>", "why they are asked")
    .option("--delist", "ask to delist a listed venue", false)
    .option("--member <id>", whose)
    .addHelpText("after", openAbout)
    .action((id: string, { delist, ...options }: { delist: boolean; reason: string; member?: string }) =>
      openVote(id, { ...options, question: delist ? "delist" : "designate", dataDir: dataDir() }, out),
    );
  addReaders(designation, place);
}

function addReaders(designation: Command, { dataDir, out }: CommandPlace): void {
  designation
    .command("list")
    .description("all cases")
    .addHelpText("after", "\nExample: comity designation list")
    .action(() => listCases(dataDir(), out));
  designation
    .command("show <id>")
    .description("one case: its reasons, its clocks, who voted how and why")
    .addHelpText("after", "\nExample: comity designation show 01J…")
    .action((id: string) => showCase(id, dataDir(), out));
  designation
    .command("bundle <id>")
    .description("write what proves offline that a venue is on the list, or not")
    .option("--out <file>", "where to (default: venues-<id>.comity.json here)")
    .addHelpText("after", bundleAbout)
    .action((id: string, options: { out?: string }) =>
      saveBundle(id, { ...options, dataDir: dataDir() }, out),
    );
}

const voteAbout = (decision: string): string => `
A member has one vote, and it is never changed. Read the case first, with
\`comity designation show\`; --rev says which revision you read, so that you
cannot vote on something that has changed since.

Example: comity ${decision} 01J… --member xa --reason "I have read the evidence."`;

/** An officer's decisions, whatever they are about. */
export function addDecisionCommands(program: Command, { dataDir, out }: CommandPlace): void {
  const descriptions = { approve: "vote for what waits for a decision", refuse: "vote against it" };
  for (const decision of ["approve", "refuse"] as const) {
    program
      .command(`${decision} <id>`)
      .description(`${descriptions[decision]}, as a member's officer`)
      .requiredOption("--member <id>", "whose officer decides")
      .requiredOption("--reason <text>", "why; everybody can read it once the venue is listed")
      .option("--rev <n>", "revision with which the vote opened (default: that of the open vote)", revision)
      .addHelpText("after", voteAbout(decision))
      .action((id: string, options: Omit<VoteOptions, "dataDir">) =>
        vote(decision, id, { ...options, dataDir: dataDir() }, out),
      );
  }
}

function revision(value: string): number {
  const rev = Number(value);
  if (Number.isSafeInteger(rev) && rev >= 1) return rev;
  throw new InvalidArgumentError("A revision is a number from 1 on.");
}
