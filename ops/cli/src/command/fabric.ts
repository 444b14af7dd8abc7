import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findBinaries, type SearchPath } from "@comity/fabric";
import { CliError } from "../cliError.ts";
import type { CoalitionDeps } from "../coalition/coalition.ts";
import { startCoalition } from "../coalition/startCoalition.ts";
import { serveControl } from "../coalition/fabric/control.ts";
import { localFabric } from "../coalition/fabric/localFabric.ts";
import { Layout } from "../coalition/layout.ts";
import { isAlive, runningSupervisor } from "../coalition/lock.ts";
import { readNetwork, refuseEmbedded } from "../coalition/networkFile.ts";
import { until } from "../coalition/readiness.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";

export const fabricDataDir = ".comity-fabric";

export interface FabricOptions {
  readonly dataDir: string;
  readonly members?: number;
}

export interface FabricDeps extends Pick<CoalitionDeps, "now" | "sleep" | "onEvent"> {
  readonly out: Terminal;
  readonly startedMs: number;
  readonly interrupted: AbortSignal;
  readonly search: SearchPath;
}

const readyTimeoutMs = 120_000;
const stopTimeoutMs = 30_000;

/** The network alone, without nodes or a story, until somebody asks it to stop. */
export async function runFabric({ dataDir, members }: FabricOptions, deps: FabricDeps): Promise<void> {
  const chosen = members === undefined ? {} : { members };
  const coalition = await startCoalition({ dataDir, ledger: "fabric", ledgerOnly: true, ...chosen }, deps);
  const { readyFile } = coalition.layout;
  let stopControl = (): Promise<void> => Promise.resolve();
  try {
    await coalition.ready();
    stopControl = await serveControl(coalition);
    writeFileSync(readyFile, "");
    deps.out.say("Every member's gateway can endorse. The network stays up until it is stopped.");
    if (!deps.interrupted.aborted) await once(deps.interrupted, "abort");
  } finally {
    rmSync(readyFile, { force: true });
    await stopControl();
    await coalition.close();
  }
}

/** The same in the background. Resolves once every member's gateway can endorse. */
export async function fabricUp({ dataDir, members }: FabricOptions, deps: FabricDeps): Promise<void> {
  await findBinaries(deps.search);
  const layout = new Layout(resolve(dataDir));
  const holder = runningSupervisor(layout);
  if (holder !== undefined) {
    throw new CliError("DATA_DIR_IN_USE", `Process ${holder} runs the network in ${layout.root} already.`);
  }
  // Left by one that was killed: it would speak for the new one.
  rmSync(layout.readyFile, { force: true });
  const args = ["fabric", "run", "--data-dir", layout.root];
  const log = `${layout.root}.log`;
  const runner = startDetached(
    [...args, ...(members === undefined ? [] : ["--members", String(members)])],
    log,
  );
  const isUp = (): Promise<true | undefined> => {
    if (runner.exitCode !== null || runner.signalCode !== null)
      throw new CliError("NOT_READY", lastLine(log));
    return Promise.resolve(existsSync(layout.readyFile) ? true : undefined);
  };
  const what = `the network is not ready; see ${log}`;
  await until(isUp, { what, timeoutMs: readyTimeoutMs, signal: deps.interrupted }, deps);
  const readyMs = Math.round(deps.now() - deps.startedMs);
  deps.out.result({ ok: true, dataDir: layout.root, readyMs }, [
    `The network is up after ${(readyMs / 1000).toFixed(1)} s: every member's gateway can endorse.`,
    `  npm run fabric:status, npm run fabric:down; logs are in ${layout.logFile("…")}`,
  ]);
}

export async function fabricDown({ dataDir }: FabricOptions, deps: FabricDeps): Promise<void> {
  const layout = new Layout(resolve(dataDir));
  readNetwork(layout);
  const pid = runningSupervisor(layout);
  if (pid === undefined) {
    deps.out.result({ ok: true, wasRunning: false }, [`No process runs the network in ${layout.root}.`]);
    return;
  }
  process.kill(pid, "SIGTERM");
  const isDown = (): Promise<true | undefined> => Promise.resolve(isAlive(pid) ? undefined : true);
  const what = `process ${pid} still runs the network`;
  await until(isDown, { what, timeoutMs: stopTimeoutMs, signal: deps.interrupted }, deps);
  deps.out.result({ ok: true, wasRunning: true }, [
    "The network is down. Its data stay, and the next start goes on.",
  ]);
}

/**
 * Who is well, and how far each has come: an orderer that is stuck answers all the same, but stays behind.
 * @returns whether all are well
 */
export async function fabricStatus({ dataDir }: FabricOptions, deps: FabricDeps): Promise<boolean> {
  const layout = new Layout(resolve(dataDir));
  refuseEmbedded(readNetwork(layout));
  const fabric = await localFabric(layout, deps.search);
  const processes = await fabric.health(deps.interrupted);
  const ok = processes.every(({ isWell }) => isWell);
  const rows = processes.map(({ name, isWell, height }) => [
    name,
    isWell ? "well" : "does not answer",
    height === undefined ? "" : `height ${height}`,
  ]);
  const advice = ok
    ? []
    : ["", "Not every orderer and peer answers. `npm run fabric:up` starts the network."];
  deps.out.result({ ok, supervisor: runningSupervisor(layout) ?? null, processes }, [
    ...table(["process", "", "ledger"], rows),
    ...advice,
  ]);
  return ok;
}

function startDetached(args: readonly string[], log: string): ChildProcess {
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, "a", 0o600);
  const script = fileURLToPath(import.meta.resolve("@comity/cli/program"));
  const child = spawn(process.execPath, [script, ...args], { detached: true, stdio: ["ignore", file, file] });
  child.unref();
  return child;
}

/** Empty where it was killed. */
function lastLine(log: string): string {
  const last = readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "";
  return last === "" ? `The network ended and did not say why; see ${log}.` : last;
}
