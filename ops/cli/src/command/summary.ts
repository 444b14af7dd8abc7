import type { Coalition } from "../coalition/coalition.ts";
import { memoryPssMb } from "../story/memory.ts";
import { dollars } from "./money.ts";
import type { StoryResult } from "../story/story.ts";

export interface Figures {
  readonly threshold: number;
  readonly readyMs: number;
  readonly durationMs: number;
}

/** What `comity up --once --json` prints last. */
export function summaryOf({ network, processes }: Readable, story: StoryResult, figures: Figures) {
  const pids = processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  return {
    ok: true,
    members: network.members.length,
    threshold: figures.threshold,
    keyEpoch: story.keyEpoch,
    notices: story.notices,
    recordsAccepted: story.recordsAccepted,
    recordsRefused: story.recordsRefused,
    readyMs: figures.readyMs,
    durationMs: figures.durationMs,
    memoryPssMb: memoryPssMb([process.pid, ...pids]),
    genesis: network.genesis,
    groupPublicKey: story.groupPublicKey,
    alerts: story.alerts.map(({ alertId, statement, keyEpoch, digest, signature }) => ({
      id: alertId,
      subject: statement.subject,
      kind: statement.kind,
      keyEpoch,
      statementDigest: digest,
      signature,
    })),
    bundle: story.bundle,
    bond: story.bond,
    venue: story.venue,
    tip: story.tip,
  };
}

type Readable = Pick<Coalition, "network"> & { readonly processes: ReturnType<Coalition["processes"]> };
export type Summary = ReturnType<typeof summaryOf>;

/** The one in force; as evidence came in, each replaced a weaker one. */
function alertLines(alerts: Summary["alerts"]): string[] {
  const newest = alerts.at(-1);
  if (newest === undefined) return [];
  const earlier = alerts.length - 1;
  const replaced = earlier === 0 ? "" : `, in place of ${earlier} on less evidence`;
  const { operatorId, siteId } = newest.subject;
  return [`  Alert ${newest.id}`, `  about ${operatorId}, ${siteId}${replaced}.`];
}

export function summaryLines(summary: Summary): string[] {
  const refused = Object.values(summary.recordsRefused).reduce((sum, count) => sum + count, 0);
  return [
    "",
    `  ${summary.members} members, ${summary.threshold} of whom sign together; key epoch ${summary.keyEpoch}.`,
    `  ${summary.notices} notices; ${summary.recordsAccepted} records taken in, ${refused} bad segments refused.`,
    ...alertLines(summary.alerts),
    `  Bond ${summary.bond.id}: ${dollars(summary.bond.forfeitedMinor)} of ${dollars(summary.bond.penalMinor)} forfeited.`,
    `  ${summary.venue.name} is ${summary.venue.status}.`,
    `  Ready after ${(summary.readyMs / 1000).toFixed(1)} s, done after ${(summary.durationMs / 1000).toFixed(1)} s; ` +
      `${summary.memoryPssMb} MB in all processes.`,
    "",
    "  Check the alert offline:",
    `  npm run comity -- verify ${summary.bundle} --genesis ${summary.genesis}`,
    "  and the listing:",
    `  npm run comity -- verify ${summary.venue.bundle} --genesis ${summary.genesis}`,
    "",
  ];
}
