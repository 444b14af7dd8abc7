import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Decoded, integer, object, record } from "@comity/protocol";
import { readStoryBond } from "./bond.ts";
import { awaitAlert, fetchBundle, readAlerts } from "./coSignedAlert.ts";
import { issueKeys, startAttesters } from "./sitesAtWork.ts";
import { countNotices, runsOf, type StoryResult } from "./story.ts";
import type { Stage } from "./stage.ts";
import { playVenue } from "./venue.ts";
import { tipResult } from "./tip.ts";

const count = integer(0, Number.MAX_SAFE_INTEGER);
const told = object({ recordsAccepted: count, recordsRefused: record(count, 100), tip: tipResult });

/** What only the telling itself knows. */
export type Told = Decoded<typeof told>;

export function readTold(directory: string): Told | undefined {
  const file = join(directory, "told.json");
  return existsSync(file) ? told(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

export function writeTold(directory: string, { recordsAccepted, recordsRefused, tip }: Told): void {
  const draft = join(directory, "told.json.new");
  writeFileSync(draft, JSON.stringify({ recordsAccepted, recordsRefused, tip }));
  renameSync(draft, join(directory, "told.json"));
}

/** A second start: evidence goes on, and what the story left on the ledger must still be there and verify. */
export async function takeUpStory(stage: Stage, before: Told): Promise<StoryResult> {
  const runs = runsOf(stage);
  startAttesters(stage, await issueKeys(stage), runs, { faultCodes: [], untilMs: undefined });
  const alert = await awaitAlert(stage);
  const { file, verified } = await fetchBundle(stage, alert);
  stage.deps.say(
    `The story was told before; its alert ${alert.alertId.slice(0, 12)}… is there, and its bundle verifies.`,
  );
  return {
    ...before,
    notices: await countNotices(stage, runs),
    alerts: await readAlerts(stage),
    keyEpoch: verified.keyEpoch,
    groupPublicKey: verified.groupKey,
    bundle: file,
    bond: await readStoryBond(stage),
    venue: await playVenue(stage, { alertId: alert.alertId, bundle: file }),
  };
}
