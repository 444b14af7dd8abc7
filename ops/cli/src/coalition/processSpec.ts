import { existsSync } from "node:fs";

export interface ProcessSpec {
  /** Unique in the coalition, for example `node-xa`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that is not an event goes here. */
  readonly logFile: string;
}

const preload = new URL("./exitWithParent.js", import.meta.url);

/** A program of ours, which ends when we do. */
export function nodeProgram(
  script: string,
  args: readonly string[] = [],
  /** Flags of Node's own, for example heap limits. */
  nodeFlags: readonly string[] = [],
): Pick<ProcessSpec, "command" | "args"> {
  return { command: process.execPath, args: [...nodeFlags, "--import", preload.href, script, ...args] };
}

const setpriv = "/usr/bin/setpriv";

/** Somebody else's program. Linux ends it with us, even where we are killed; elsewhere it may stay behind then. */
export function nativeProgram(
  command: string,
  args: readonly string[] = [],
): Pick<ProcessSpec, "command" | "args"> {
  if (!existsSync(setpriv)) return { command, args };
  return { command: setpriv, args: ["--pdeathsig", "KILL", "--", command, ...args] };
}
