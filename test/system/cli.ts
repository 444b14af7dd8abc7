import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const comityScript = fileURLToPath(import.meta.resolve("@comity/cli/program"));

/** Runs the command line as a person does. */
export async function comity(...args: string[]): Promise<CliAnswer> {
  const child = spawn(process.execPath, [comityScript, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}
