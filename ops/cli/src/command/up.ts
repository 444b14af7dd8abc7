import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { domainErrorOf } from "../cliError.ts";
import type { SearchPath } from "@comity/fabric";
import type { ProcessEvent } from "../coalition/child.ts";
import type { Coalition, CoalitionDeps } from "../coalition/coalition.ts";
import { startCoalition } from "../coalition/startCoalition.ts";
import type { LedgerEngineName } from "../coalition/networkFile.ts";
import { serveControl } from "../coalition/fabric/control.ts";
import { Narrator } from "../coalition/narrator.ts";
import { setStage } from "../story/stage.ts";
import { tellStory } from "../story/story.ts";
import { readTold, takeUpStory, writeTold } from "../story/told.ts";
import type { Terminal } from "../terminal.ts";
import { summaryLines, summaryOf, type Summary } from "./summary.ts";

export interface UpOptions {
  readonly dataDir?: string;
  readonly members?: number;
  readonly once: boolean;
  readonly ledger?: LedgerEngineName;
}

export interface UpDeps {
  readonly out: Terminal;
  readonly now: () => number;
  /** When this process started, in the same milliseconds. */
  readonly startedMs: number;
  /** Aborts when somebody asks us to stop. */
  readonly interrupted: AbortSignal;
  /** Where the commands of a real network are. */
  readonly search: SearchPath;
}

/** Somebody asked us to stop: no failure. */
export class Interrupted extends Error {}

export const defaultDataDir = ".comity";
const onceDataDir = ".comity-once";

/** Brings the coalition up, tells the story, and stays until interrupted; with `once` only until the story's end. */
export async function up(options: UpOptions, deps: UpDeps): Promise<number> {
  const coalition = await start(options, deps);
  let stopControl = (): Promise<void> => Promise.resolve();
  try {
    await unlessInterrupted(coalition.ready(), deps.interrupted);
    if (coalition.network.ledger === "fabric") stopControl = await serveControl(coalition);
    const readyMs = Math.round(deps.now() - deps.startedMs);
    sayReady(coalition, readyMs, deps);
    const story = unlessInterrupted(tell(coalition, readyMs, options.once, deps), deps.interrupted);
    if (options.once) return finish(await story, deps);
    await story.then(
      (summary) => finish(summary, deps),
      (error: unknown) => explainFailure(error, deps),
    );
    await stay(deps);
    return 0;
  } finally {
    await stopControl();
    await coalition.close();
  }
}

function finish(summary: Summary, { out }: UpDeps): number {
  out.result(summary, summaryLines(summary));
  return 0;
}

/** The coalition itself runs: whoever wants to look why stays. */
function explainFailure(error: unknown, { out }: UpDeps): void {
  const known = domainErrorOf(error);
  if (known === undefined) throw error;
  out.say(`The story ends here (${known.code}): ${known.message}`);
}

/** The story, or what is left of one that an earlier start told. */
async function tell(coalition: Coalition, readyMs: number, once: boolean, deps: UpDeps): Promise<Summary> {
  const { layout } = coalition;
  const said = (sentence: string): void => deps.out.say(stamped(deps.now() - deps.startedMs, sentence));
  const stage = setStage(coalition, { ...coalitionDeps(deps), say: said, signal: deps.interrupted });
  const before = readTold(layout.story);
  const result = await (before === undefined ? tellStory(stage, once) : takeUpStory(stage, before));
  if (before === undefined) writeTold(layout.story, result);
  const durationMs = Math.round(deps.now() - deps.startedMs);
  const figures = { threshold: stage.genesis.threshold, readyMs, durationMs };
  return summaryOf({ network: coalition.network, processes: coalition.processes() }, result, figures);
}

async function stay({ out, interrupted }: UpDeps): Promise<void> {
  out.say("The coalition stays up until Ctrl-C.");
  if (!interrupted.aborted) await once(interrupted, "abort");
  out.say("Stopping.");
}

async function start({ dataDir, members, once, ledger }: UpOptions, deps: UpDeps): Promise<Coalition> {
  // A story told once is told afresh; a named directory, or one that stays up, goes on.
  if (once && dataDir === undefined) await rm(onceDataDir, { recursive: true, force: true });
  const directory = dataDir ?? (once ? onceDataDir : defaultDataDir);
  const chosen = {
    ...(members === undefined ? {} : { members }),
    ...(ledger === undefined ? {} : { ledger }),
  };
  return startCoalition({ dataDir: directory, ...chosen }, coalitionDeps(deps));
}

function coalitionDeps({ out, now, startedMs, search }: UpDeps): CoalitionDeps {
  const narrator = new Narrator();
  const onEvent = (process: string, event: ProcessEvent): void => {
    const sentence = narrator.tell(process, event);
    if (sentence !== undefined) out.say(stamped(now() - startedMs, sentence));
  };
  return { onEvent, now, search, sleep: (ms, signal) => sleep(ms, undefined, { signal }) };
}

function sayReady(coalition: Coalition, readyMs: number, { out }: UpDeps): void {
  const { gatewayUrl, network } = coalition;
  out.say(stamped(readyMs, "All members are ready."));
  out.say("");
  out.say(`  The coalition's page  ${gatewayUrl}/#genesis=${network.genesis}`);
  for (const { memberId, name } of network.members)
    out.say(`  ${name.padEnd(20)}  ${coalition.consoleUrl(memberId)}`);
  out.say("");
}

function stamped(ms: number, sentence: string): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s  ${sentence}`;
}

async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new Interrupted("interrupted");
  const interruption = Promise.withResolvers<never>();
  const onAbort = (): void => interruption.reject(new Interrupted("interrupted"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, interruption.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
