import { type LocalFabric, Standstill } from "@comity/fabric";
import type { Processes, Watching } from "../ledgerEngine.ts";
import type { RunningFabric } from "./runningFabric.ts";

export interface Watched extends Pick<RunningFabric, "deps" | "alone"> {
  readonly fabric: Pick<LocalFabric, "health">;
}

const pauseMs = 5_000;

/** Starts orderers anew that stand still while others go on, until the signal aborts. */
export async function watchOrderers(
  running: Watched,
  processes: Pick<Processes, "restart">,
  { signal, onStuck }: Watching,
): Promise<void> {
  const standstill = new Standstill();
  const look = async (): Promise<void> => {
    const stuck = standstill.look(await running.fabric.health(signal));
    if (stuck === undefined || signal.aborted) return;
    onStuck(stuck);
    await processes.restart(stuck);
  };
  while (!signal.aborted) {
    // Not while other work stops and starts processes. What fails is looked at again.
    await running.alone(look).catch(() => undefined);
    await running.deps.sleep(pauseMs, signal).catch(() => undefined);
  }
}
