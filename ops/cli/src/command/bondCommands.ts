import { type Command, InvalidArgumentError, Option } from "commander";
import type { Terminal } from "../terminal.ts";
import { acceptBond, postBond, releaseBond, showBonds, sweepBonds } from "./bond.ts";
import { declareCadence, registerModelCheckpoint } from "./checkpoint.ts";

export interface CommandPlace {
  readonly dataDir: () => string;
  readonly out: Terminal;
  readonly now: () => number;
}

const bondAbout = `
A bond is a penal sum that an operator pledges for one training run and a
surety stands for. The operator posts it, the surety accepts it, the operator
registers the run's model checkpoints in time, anybody sweeps: what is missing
costs a part of the bond unless it is made up for within the cure window. Ids
of notices are in \`comity notice list\`, ids of bonds in \`comity bond
status\`.

Example: comity bond post ops/cli/example/bond.json --notice 01J…`;

const postAbout = `
The file holds one JSON object: principal (the operator's id), surety (its
id), penalMinor (US cents, as a text of digits; at least what the rulebook
asks for), noticeId unless --notice says it, and bondId unless one shall be
drawn.

Example: comity bond post ops/cli/example/bond.json --notice 01J…`;

const acceptAbout = `
Takes the surety's own keys, which lie in the data directory of a local
coalition. Read the terms first: comity bond status 01J…

Example: comity bond accept 01J…`;

const statusAbout = `
penal = available + encumbered + forfeited + released. Encumbered is what open
triggers will cost unless they are cured.

Example: comity bond status 01J…`;

const sweepAbout = `
Anybody may ask, as often as they like: facts on the ledger decide, and none
is judged twice. One sweep judges at most sixteen model checkpoints of each
bond; where more fell due, sweep again.

Example: comity bond sweep`;

const releaseAbout = `
A bond in force is released once its run is over and every model checkpoint
that it owed was judged; sweep it first.

Example: comity bond release 01J…`;

export function addBondCommands(program: Command, { dataDir, out, now }: CommandPlace): void {
  const bond = program
    .command("bond")
    .description("performance bonds of training runs")
    .addHelpText("after", bondAbout);
  bond
    .command("post <file>")
    .description("offer the bond in a JSON file, as an officer of the principal's member")
    .option("--notice <id>", "the notice whose run it secures, in place of the file's noticeId")
    .option(
      "--member <id>",
      "whose officer (default: the member that supervises the notice's first facility)",
    )
    .addHelpText("after", postAbout)
    .action((file: string, options: { notice?: string; member?: string }) =>
      postBond(file, { ...options, dataDir: dataDir() }, out, now()),
    );
  bond
    .command("accept <id>")
    .description("put an offered bond in force, as its surety")
    .addOption(new Option("--rev <n>", "the revision whose terms were read").argParser(positive).default(1))
    .addHelpText("after", acceptAbout)
    .action((id: string, { rev }: { rev: number }) => acceptBond(id, rev, dataDir(), out));
  bond
    .command("status [id]")
    .description("what a bond is worth now and what threatens it; all bonds without an id")
    .addHelpText("after", statusAbout)
    .action((id: string | undefined) => showBonds(id, dataDir(), out));
  bond
    .command("sweep [ids...]")
    .description("have the ledger judge what fell due; all bonds in force without an id")
    .addHelpText("after", sweepAbout)
    .action((ids: string[]) => sweepBonds(ids, dataDir(), out));
  bond
    .command("release <id>")
    .description("give back what is left of a bond whose run is over, or take back an offer")
    .option("--surety", "ask as the surety, not as an officer of the principal's member", false)
    .addHelpText("after", releaseAbout)
    .action((id: string, { surety }: { surety: boolean }) =>
      releaseBond(id, { surety, dataDir: dataDir() }, out),
    );
}

const checkpointAbout = `
A started run declares once how often it creates a model checkpoint. Each is
registered, within the rulebook's hours, by a salted hash that gives nothing
away; a bond of the run pays for what is missing.

Example: comity checkpoint declare 01J… --cadence-hours 24`;

const declareAbout = `
Once, for ever, for a notice whose run has started. The first model checkpoint
is to be created when so many hours are over.

Example: comity checkpoint declare 01J… --cadence-hours 24`;

const registerAbout = `
--file reads the weights here, draws a salt, keeps it in FILE.salt for the
auditor (a salt that is there is used again), and sends nothing but
SHA-256(salt, weights). Times are policy time, as in \`comity status\`.

Example: comity checkpoint register 01J… 1 --file step-1000.safetensors`;

export function addCheckpointCommands(program: Command, { dataDir, out, now }: CommandPlace): void {
  const checkpoint = program
    .command("checkpoint")
    .description("model checkpoints of training runs, known by their salted hashes")
    .addHelpText("after", checkpointAbout);
  const whose = "whose officer (default: the member that supervises the notice's first facility)";
  checkpoint
    .command("declare <notice>")
    .description("say how often a started run creates a model checkpoint")
    .requiredOption("--cadence-hours <n>", "hours of policy time from one to the next", positive)
    .option("--member <id>", whose)
    .addHelpText("after", declareAbout)
    .action((notice: string, options: { cadenceHours: number; member?: string }) =>
      declareCadence(notice, { ...options, dataDir: dataDir() }, out),
    );
  checkpoint
    .command("register")
    .argument("<notice>")
    .argument("<sequence>", "1 for the first, 2 for the second …", positive)
    .description("register a run's model checkpoint")
    .option("--file <path>", "its weights, which are hashed here")
    .option("--salted-hash <hex>", "SHA-256(salt, weights), computed elsewhere")
    .option("--created <time>", "when it was created, as 2027-03-01T12:00Z (default: now)", instant)
    .option("--member <id>", whose)
    .addHelpText("after", registerAbout)
    .action((notice: string, sequence: number, { created, ...options }: RegisterFlags) => {
      const createdMs = created === undefined ? {} : { createdMs: created };
      const place = { ...options, ...createdMs, dataDir: dataDir() };
      return registerModelCheckpoint(notice, sequence, place, out, now());
    });
}

interface RegisterFlags {
  readonly file?: string;
  readonly saltedHash?: string;
  readonly created?: number;
  readonly member?: string;
}

function positive(value: string): number {
  if (/^[1-9][0-9]{0,6}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It must be a whole number, 1 or more.");
}

function instant(value: string): number {
  const ms = /Z$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isSafeInteger(ms)) return ms;
  throw new InvalidArgumentError("It must be a time in UTC, as 2027-03-01T12:00Z.");
}
