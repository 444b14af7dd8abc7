import { mkdirSync, readFileSync } from "node:fs";
import { decodeGenesis, type Genesis, realTime } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import type { Coalition } from "../coalition/coalition.ts";
import { until, type WaitDeps } from "../coalition/readiness.ts";
import { type PlannedHost, type PlannedSites, planSites } from "./plan.ts";
import type { StorySite } from "./sites.ts";
import { AttesterTally } from "./tally.ts";

export interface StoryDeps extends WaitDeps {
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** What the steps of the story share. */
export interface Stage {
  readonly coalition: Coalition;
  readonly deps: StoryDeps;
  readonly genesis: Genesis;
  readonly sites: PlannedSites;
  readonly tally: AttesterTally;
}

export function setStage(coalition: Coalition, deps: StoryDeps): Stage {
  const { layout } = coalition;
  mkdirSync(layout.story, { recursive: true, mode: 0o700 });
  const genesis = decodeGenesis(readFileSync(layout.genesisFile));
  const tally = new AttesterTally();
  coalition.listen(tally.listener);
  return { coalition, deps, genesis, sites: planSites(layout.story), tally };
}

export function hostsOf({ sites }: Stage, site: StorySite): readonly PlannedHost[] {
  return sites.find(({ siteId }) => siteId === site.siteId)?.hosts ?? [];
}

export function waitFor<T>(
  { deps }: Pick<Stage, "deps">,
  timeoutMs: number,
  what: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  return until(attempt, { what, timeoutMs, signal: deps.signal }, deps);
}

/** Sleeps until policy time has come so far, as long as it is fast: afterwards a day takes a day. */
export async function untilPolicyTime(
  { deps, genesis }: Pick<Stage, "deps" | "genesis">,
  policyMs: number,
): Promise<void> {
  const { clock } = genesis;
  const atMs = realTime(clock, policyMs);
  if (atMs > clock.originMs + clock.scaledMs) {
    throw new CliError(
      "STORY_STEP",
      "This coalition's fast clock has run out, so its story cannot go on. Start another one with --data-dir.",
    );
  }
  const waitMs = atMs - deps.now();
  if (waitMs > 0) await deps.sleep(waitMs, deps.signal);
}
