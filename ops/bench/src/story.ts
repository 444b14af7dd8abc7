import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import process from "node:process";

/** Of what the story leaves on the ledger, what benches ask for. */
export interface Story {
  readonly bondId: string;
  readonly venueId: string;
}

/** Plays the whole story into a new data directory, with the command that people use. */
export async function playStory(dataDir: string): Promise<Story> {
  const script = fileURLToPath(import.meta.resolve("@comity/cli/program"));
  const args = [script, "up", "--once", "--json", "--data-dir", dataDir];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = (await text(child.stdout)).trimEnd().split("\n");
  const { ok, bond, venue } = JSON.parse(lines.at(-1) ?? "") as {
    ok: boolean;
    bond: { id: string };
    venue: { id: string };
  };
  if (!ok) throw new Error("the story did not hold");
  return { bondId: bond.id, venueId: venue.id };
}
