import { readFileSync } from "node:fs";

/** Proportional set size of processes together, in MB (10^6 bytes): shared pages are counted once. 0 where /proc does not tell. */
export function memoryPssMb(pids: readonly number[]): number {
  const kib = pids.reduce((sum, pid) => sum + pssKib(pid), 0);
  return Math.round((kib * 1024) / 1e5) / 10;
}

function pssKib(pid: number): number {
  try {
    const [, kib = "0"] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kib);
  } catch {
    return 0;
  }
}
