import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Coalition, startCoalition } from "@comity/cli";
import { testClock } from "../system/testCoalition.ts";

const { FABRIC_BIN, PATH } = process.env;
export const search = { FABRIC_BIN, PATH };

/** Orderers, peers and chaincode servers of four members, and nobody who uses them but the test; with nodes and a gateway where it asks for them. */
export async function startRealNetwork(dataDir?: string, { ledgerOnly = true } = {}): Promise<Coalition> {
  const coalition = await startCoalition(
    {
      dataDir: dataDir ?? mkdtempSync(join(tmpdir(), "comity-fabric-")),
      ledger: "fabric",
      ledgerOnly,
      clock: testClock,
    },
    {
      onEvent: () => undefined,
      now: Date.now,
      search,
      sleep: (ms, signal) => pause(ms, undefined, { signal }),
    },
  );
  await coalition.ready().catch(async (error: unknown) => {
    await coalition.close();
    throw error;
  });
  return coalition;
}

/** Undefined where it did not start. */
export async function endRealNetwork(coalition: Coalition | undefined): Promise<void> {
  if (coalition === undefined) return;
  await coalition.close();
  rmSync(coalition.layout.root, { recursive: true, force: true });
}
