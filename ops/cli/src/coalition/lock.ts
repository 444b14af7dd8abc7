import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { CliError } from "../cliError.ts";
import type { Layout } from "./layout.ts";

/** One supervisor a directory: two would write to the same ledger. Returns the release. */
export function takeLock(layout: Layout): () => void {
  const { lockFile } = layout;
  const holder = runningSupervisor(layout);
  if (holder !== undefined) {
    throw new CliError(
      "DATA_DIR_IN_USE",
      `Process ${holder} runs the coalition in ${layout.root}. Stop it first, or choose another --data-dir. ` +
        `If that process is not Comity, delete ${lockFile}.`,
    );
  }
  rmSync(lockFile, { force: true });
  writeFileSync(lockFile, String(process.pid), { flag: "wx" });
  return () => rmSync(lockFile, { force: true });
}

/** Its process id, or undefined where nobody runs this coalition now. */
export function runningSupervisor(layout: Layout): number | undefined {
  const pid = readPid(layout.lockFile);
  return pid !== undefined && isAlive(pid) ? pid : undefined;
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isDefunct(pid);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Ended, and nobody has asked yet how: it still has its id. */
function isDefunct(pid: number): boolean {
  try {
    return / [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
