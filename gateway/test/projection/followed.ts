import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Projection, type ProjectionDeps } from "../../src/projection/projection.ts";
import { ProjectionStore } from "../../src/projection/projectionStore.ts";
import { epochs, genesis, networkId, register } from "../coalition.ts";
import { type Script, ScriptedLedger } from "../scriptedLedger.ts";

export const script: Script = {
  "coalition:ReadRegister": () => register,
  "coalition:ReadEpochs": () => ({ epochs }),
};

const hash = "00".repeat(32);

/** A ledger with its genesis and its key. */
export function foundedLedger(): ScriptedLedger {
  const ledger = new ScriptedLedger(script);
  ledger.commit({ type: "genesis", subject: networkId, rev: 1, hash });
  ledger.commit({ type: "key-activated", subject: "1", rev: 1, hash });
  return ledger;
}

/** Projections of a test, and the folders that they are in; all gone after it. */
export class Projections {
  readonly #running: Projection[] = [];
  readonly #folders: string[] = [];

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "comity-projection-"));
    this.#folders.push(folder);
    return folder;
  }

  /** Started; it follows by itself. */
  async start(
    ledger: ScriptedLedger,
    folder = this.newFolder(),
    deps: Partial<ProjectionDeps> = {},
  ): Promise<Projection> {
    const store = new ProjectionStore(folder);
    const projection = new Projection(
      { networkId, genesis },
      {
        ledger,
        store,
        now: () => 5_000,
        sleep: () => Promise.resolve(),
        random: () => 0,
        log: pino({ level: "silent" }),
        ...deps,
      },
    );
    await projection.start().catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
    this.#running.push(projection);
    return projection;
  }

  /** Followed up to the newest block. */
  async follow(ledger: ScriptedLedger, folder = this.newFolder()): Promise<Projection> {
    const projection = await this.start(ledger, folder);
    await ledger.followed();
    return projection;
  }

  async stop(projection: Projection): Promise<void> {
    this.#running.splice(this.#running.indexOf(projection), 1);
    await projection.stop();
  }

  async clear(): Promise<void> {
    for (const projection of this.#running.splice(0)) await projection.stop();
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true });
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
