import { readAll } from "@comity/ledger";
import { faultCodes } from "@comity/attester";
import { type AlertDocument, noticeDocument, policyTime } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { type BondOutcome, insureRun, missModelCheckpoint } from "./bond.ts";
import { assertNobodyElse, awaitAlert, fetchBundle, readAlerts } from "./coSignedAlert.ts";
import { type PlannedRuns, planRuns } from "./plan.ts";
import { acceleratorsPerHost } from "./sites.ts";
import {
  bondedRun,
  enrolSites,
  fileNotices,
  issueKeys,
  judgedAt,
  startAttesters,
  trainAsDeclared,
} from "./sitesAtWork.ts";
import { type Stage, untilPolicyTime, waitFor } from "./stage.ts";
import { playVenue, type VenueOutcome } from "./venue.ts";
import { playTip, type TipResult } from "./tip.ts";

export interface StoryResult {
  readonly notices: number;
  readonly recordsAccepted: number;
  /** How often each code refused a bad segment. */
  readonly recordsRefused: Readonly<Record<string, number>>;
  readonly alerts: readonly AlertDocument[];
  readonly keyEpoch: number;
  readonly groupPublicKey: string;
  /** Absolute path. */
  readonly bundle: string;
  readonly bond: BondOutcome;
  readonly venue: VenueOutcome;
  readonly tip: TipResult;
}

/** One record an accelerator and four policy hours. */
const recordsPerSegment = acceleratorsPerHost * 6;
const faultTimeoutMs = 60_000;

/**
 * Three operators, one of which trains without a word. Throws where a step does not hold.
 * @param once whether the coalition ends with the story: then its evidence ends where nothing of it waits for more
 */
export async function tellStory(stage: Stage, once: boolean): Promise<StoryResult> {
  const { deps, tally } = stage;
  await enrolSites(stage);
  const keys = await issueKeys(stage);
  const runs = runsOf(stage);
  await fileNotices(stage, keys, runs);
  startAttesters(stage, keys, runs, { faultCodes, untilMs: once ? judgedAt(runs) : undefined });
  const alert = await awaitAlert(stage);
  const { file, verified } = await fetchBundle(stage, alert);
  deps.say(
    `The coalition signed alert ${alert.alertId.slice(0, 12)}…: ${verified.statement.subject.siteId} trains undeclared. ` +
      `Decided by ${verified.signers.join(", ")}; the bundle verifies offline.`,
  );
  const listing = playVenue(stage, { alertId: alert.alertId, bundle: file });
  listing.catch(() => undefined); // whoever waits for it below hears it
  await awaitFaults(stage);
  const secured = bondedRun(stage, keys, runs);
  await insureRun(stage, secured);
  await trainAsDeclared(stage, keys, runs);
  const bond = await missModelCheckpoint(stage, secured);
  await untilPolicyTime(stage, judgedAt(runs));
  const venue = await listing;
  const tip = await playTip(stage);
  const alerts = await readAlerts(stage);
  assertNobodyElse(alerts);
  return {
    notices: await countNotices(stage, runs),
    recordsAccepted: tally.accepted * recordsPerSegment,
    recordsRefused: Object.fromEntries(tally.refused().map((code) => [code, 1])),
    alerts,
    keyEpoch: verified.keyEpoch,
    groupPublicKey: verified.groupKey,
    bundle: file,
    bond,
    venue,
    tip,
  };
}

/** Dates count from when the sites are on the ledger, not from when the machine began to put them there. */
export function runsOf({ coalition, genesis, deps }: Stage): PlannedRuns {
  const nowMs = deps.now();
  return planRuns(coalition.layout.story, policyTime(genesis.clock, nowMs), nowMs);
}

async function awaitFaults(stage: Stage): Promise<void> {
  const { tally, deps } = stage;
  await waitFor(stage, faultTimeoutMs, "not every bad segment was answered", () =>
    Promise.resolve(tally.hasAnswers(faultCodes) ? true : undefined),
  );
  const mistakes = tally.mistakes();
  if (mistakes.length > 0)
    throw new CliError("STORY_STEP", `Bad segments were answered wrongly: ${mistakes.join("; ")}.`);
  deps.say(
    `${faultCodes.length} bad segments were refused, each with its own code; the good ones beside them were kept.`,
  );
}

/** Those on the ledger, all of the story's among them. */
export async function countNotices(stage: Stage, runs: PlannedRuns): Promise<number> {
  const [first] = stage.coalition.network.members;
  const ledger = stage.coalition.ledger(first?.memberId ?? "", "officer");
  const notices = await readAll(ledger, "notice:List", noticeDocument);
  const inTime = new Set(notices.filter(({ late }) => !late).map(({ noticeId }) => noticeId));
  const missing = runs.notices.map(({ noticeId }) => noticeId).filter((id) => !inTime.has(id));
  if (missing.length > 0)
    throw new CliError("STORY_STEP", `Notices are not on the ledger, or late: ${missing.join(", ")}.`);
  return notices.length;
}
