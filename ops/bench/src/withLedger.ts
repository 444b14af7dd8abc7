import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { type Coalition, type LedgerEngineName, startCoalition } from "@comity/cli";

const { FABRIC_BIN, PATH } = process.env;

/** Where Fabric's commands are. */
export const search = { FABRIC_BIN, PATH };

/** Brings up a new coalition of four without nodes for the time of its use. */
export async function withLedger<T>(
  ledger: LedgerEngineName,
  use: (coalition: Coalition) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), "comity-bench-"));
  const coalition = await startCoalition(
    { dataDir, ledger, ledgerOnly: true },
    {
      onEvent: (name, { event }) => {
        if (event === "process-stuck")
          process.stderr.write(`  ${name} stands still while others go on: it is started anew\n`);
      },
      now: Date.now,
      search,
      sleep: (ms, signal) => pause(ms, undefined, { signal }),
    },
  );
  try {
    await coalition.ready();
    return await use(coalition);
  } finally {
    await coalition.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
