import { readdirSync, readFileSync } from "node:fs";

/** Ids of the processes whose command line or environment names a directory. */
export function processesOf(directory: string): string[] {
  const names = (pid: string): boolean =>
    ["cmdline", "environ"].some((file) => read(pid, file).includes(directory));
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && names(pid));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
