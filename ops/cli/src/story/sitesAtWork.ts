import { canonicalString, DAY_MS, type NoticeRequest } from "@comity/protocol";
import type { KeyPairFiles } from "@comity/fabric";
import { attesterProcess } from "./attester.ts";
import type { BondedRun } from "./bond.ts";
import { enrolSite, issueOperator, memberOfSite } from "./enrol.ts";
import type { PlannedRuns } from "./plan.ts";
import { type StorySite, storySites } from "./sites.ts";
import { hostsOf, type Stage, untilPolicyTime } from "./stage.ts";

export interface SiteKeys {
  readonly operator: KeyPairFiles;
  readonly attester: KeyPairFiles;
}
export type Keys = ReadonlyMap<string, SiteKeys>;

const declaredTrainingDays = 7;

export const declaredSites = storySites.filter(({ isDeclared }) => isDeclared);

/** Puts all sites on the ledger. */
export async function enrolSites(stage: Stage): Promise<void> {
  const { coalition, deps } = stage;
  await Promise.all(
    storySites.map(async (site) => {
      const hosts = hostsOf(stage, site);
      await enrolSite(coalition, site, hosts);
      const { name } = memberOfSite(coalition, site);
      deps.say(`${site.operatorName} of ${name} enrols ${hosts.length} hosts with 8 × ${site.model} each.`);
    }),
  );
}

/** What the sites' people and machines sign with, new at every start. */
export async function issueKeys({ coalition, deps }: Stage): Promise<Keys> {
  const keys = storySites.map(async (site) => {
    const member = memberOfSite(coalition, site);
    return [site.siteId, await issueOperator(coalition.layout, member, site, deps.now)] as const;
  });
  return new Map(await Promise.all(keys));
}

/** The honest operators say what they will train, eighteen days ahead. */
export async function fileNotices(stage: Stage, keys: Keys, { notices }: PlannedRuns): Promise<void> {
  await Promise.all(
    declaredSites.map(async (site) => {
      const own = notices.filter(({ operatorId }) => operatorId === site.operatorId);
      await Promise.all(
        own.map((notice) => submitAs(stage, site, keys, "notice:File", canonicalString(notice))),
      );
      stage.deps.say(`${site.operatorName} files ${own.length} Model Run Notices, among them ${names(own)}.`);
    }),
  );
}

function names(notices: readonly NoticeRequest[]): string {
  return notices
    .slice(0, 3)
    .map(({ model, compute }) => `${model.name} (${Number(compute.cumulativeFlop).toExponential(1)} FLOP)`)
    .join(", ");
}

/** Policy time by which declared training has gone on for so long that an alarm would have been raised. */
export function judgedAt({ trainingFromMs }: PlannedRuns): number {
  return trainingFromMs + declaredTrainingDays * DAY_MS;
}

export interface Evidence {
  readonly faultCodes: readonly string[];
  /** Policy time at which it ends; undefined for never. */
  readonly untilMs: number | undefined;
}

/** From here on every host signs a segment a policy day. The first site also sends one bad segment a code. */
export function startAttesters(
  stage: Stage,
  keys: Keys,
  runs: PlannedRuns,
  { faultCodes, untilMs }: Evidence,
): void {
  const { coalition, genesis, deps } = stage;
  for (const [position, site] of storySites.entries()) {
    const tls = keysOf(keys, site).attester;
    const faults = position === 0 ? faultCodes : [];
    const parts = { runs, clock: genesis.clock, hosts: hostsOf(stage, site), tls, faults, untilMs };
    coalition.start(attesterProcess(coalition, site, parts));
  }
  deps.say(
    "Evidence flows: every host signs a segment a day, over mutually authenticated TLS to its member's node.",
  );
}

/** At the planned start the honest operators say so on the ledger and train; nobody may raise an alarm. */
export async function trainAsDeclared(stage: Stage, keys: Keys, runs: PlannedRuns): Promise<void> {
  const { deps } = stage;
  await untilPolicyTime(stage, runs.trainingFromMs);
  for (const site of declaredSites) {
    const first = runs.notices.find(({ operatorId }) => operatorId === site.operatorId);
    if (first === undefined) continue;
    await submitAs(stage, site, keys, "notice:Start", first.noticeId);
    deps.say(`${site.operatorName} starts ${first.model.name} as declared.`);
  }
}

/** The first run of the first honest operator: the one that a bond secures. */
export function bondedRun({ coalition }: Stage, keys: Keys, { notices }: PlannedRuns): BondedRun {
  const [site] = declaredSites;
  const notice = notices.find(({ operatorId }) => operatorId === site?.operatorId);
  if (site === undefined || notice === undefined) throw new TypeError("the story has a declared run");
  const { memberId } = memberOfSite(coalition, site);
  const { operatorId, operatorName } = site;
  return {
    ...{ noticeId: notice.noticeId, memberId, operatorId, operatorName },
    operator: keysOf(keys, site).operator,
  };
}

async function submitAs(stage: Stage, site: StorySite, keys: Keys, transaction: string, ...args: string[]) {
  const { memberId } = memberOfSite(stage.coalition, site);
  const ledger = stage.coalition.ledger(memberId, keysOf(keys, site).operator);
  return ledger.submitIdempotent(transaction, ...args);
}

function keysOf(keys: Keys, site: StorySite): SiteKeys {
  const found = keys.get(site.siteId);
  if (found === undefined) throw new TypeError("all sites have keys");
  return found;
}
