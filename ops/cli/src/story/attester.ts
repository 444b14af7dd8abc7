import { join } from "node:path";
import {
  logOrigin,
  parseMemberId,
  parseNetworkId,
  parseOperatorId,
  parseSiteId,
  type Clock,
} from "@comity/protocol";
import type { Coalition } from "../coalition/coalition.ts";
import { loopback } from "../coalition/freePorts.ts";
import type { KeyPairFiles } from "@comity/fabric";
import { configured } from "../coalition/processes.ts";
import type { ProcessSpec } from "../coalition/processSpec.ts";
import { acceleratorsOf, memberOfSite } from "./enrol.ts";
import type { PlannedHost, PlannedRuns } from "./plan.ts";
import { ordinaryLoad, type StorySite, trainingLoad } from "./sites.ts";

const heap = ["--max-semi-space-size=2", "--max-old-space-size=96"];

/** What large training and ordinary use look like to the host: shares of time in each class of kernel. */
const trainingMix = { matmul: 70, attention: 18, allreduce: 9, other: 3 };
const ordinaryMix = { matmul: 52, attention: 30, conv: 4, other: 14 };

export interface AttesterParts {
  readonly runs: PlannedRuns;
  readonly clock: Clock;
  readonly hosts: readonly PlannedHost[];
  readonly tls: KeyPairFiles;
  /** Refusal codes, for each of which it sends one bad segment. */
  readonly faults: readonly string[];
  /** Policy time at which its evidence ends; undefined for never. */
  readonly untilMs: number | undefined;
}

/** The site's host agent. An undeclared site trains from the first day, the others from the planned start. */
export function attesterProcess(coalition: Coalition, site: StorySite, parts: AttesterParts): ProcessSpec {
  const { layout, network } = coalition;
  const { memberId, ports } = memberOfSite(coalition, site);
  const { runs, clock, hosts, tls, faults, untilMs } = parts;
  const config = {
    origin: logOrigin({
      networkId: parseNetworkId(network.genesis),
      memberId: parseMemberId(memberId),
      operatorId: parseOperatorId(site.operatorId),
      siteId: parseSiteId(site.siteId),
    }),
    networkId: network.genesis,
    clock,
    intake: { url: `https://${loopback}:${ports.intake}` },
    tls: { ...tls, rootFile: layout.tlsRootCertificate(memberId) },
    hosts: hosts.map(({ hostId, keyFile }, number) => ({
      hostId,
      keyFile,
      accelerators: acceleratorsOf(site, number).map(({ serial, model }) => ({ serial, model })),
    })),
    trace: { kind: "profile", seed: site.siteId, phases: phases(site, runs) },
    spoolDir: join(layout.story, site.siteId, "spool"),
    startPolicyMs: runs.evidenceFromMs,
    ...(untilMs === undefined ? {} : { endPolicyMs: untilMs }),
    faults,
  };
  return configured(layout, `attester-${site.siteId}`, "@comity/attester", heap, config);
}

/** The declared sites train for as long as their notices say, and no longer. */
function phases({ isDeclared, siteId }: StorySite, { evidenceFromMs, trainingFromMs, notices }: PlannedRuns) {
  const training = { utilisationBasisPoints: trainingLoad, kernelMix: trainingMix };
  const ordinary = { utilisationBasisPoints: ordinaryLoad, kernelMix: ordinaryMix };
  if (!isDeclared) return [{ fromPolicyMs: evidenceFromMs, ...training }];
  const own = notices.filter(({ facilities }) => facilities.some((facility) => facility === siteId));
  const lastEndMs = Math.max(...own.map(({ plannedEndMs }) => plannedEndMs));
  return [
    { fromPolicyMs: evidenceFromMs, ...ordinary },
    { fromPolicyMs: trainingFromMs, ...training },
    { fromPolicyMs: lastEndMs, ...ordinary },
  ];
}
