import { join } from "node:path";
import { Writable } from "node:stream";
import { createNetwork } from "../src/coalition/createNetwork.ts";
import { Layout } from "../src/coalition/layout.ts";
import { runCommand } from "../src/program.ts";

/** Runs one command line in this process. */
export async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        out[name] += chunk.toString();
        done();
      },
    });
  const world = { now: () => 0, startedMs: 0, interrupted: new AbortController().signal, search: {} };
  const code = await runCommand(args, { ...world, stdout: into("stdout"), stderr: into("stderr") });
  return { code, ...out };
}

interface Refusal {
  code: number;
  error: { code: string };
  stderr: string;
}

/** Makes a coalition of four that nobody starts, for all tests of the suite; runs a command there that is refused. */
export function stoppedCoalition(scratch: () => string): (...args: string[]) => Promise<Refusal> {
  let dataDir: string;

  before(async () => {
    dataDir = join(scratch(), "coalition");
    const clock = { scale: 1, scaledMs: 0, bucketMs: 300_000 };
    await createNetwork(new Layout(dataDir), { members: 4, clock }, Date.now);
  });

  return async (...args) => {
    const { code, stdout, stderr } = await run(...args, "--json", "--data-dir", dataDir);
    return { code, stderr, ...(JSON.parse(stdout) as { error: { code: string } }) };
  };
}
