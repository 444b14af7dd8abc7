import { randomBytes } from "node:crypto";
import { ulid } from "@comity/cli";
import { canonicalString, DAY_MS, type Genesis } from "@comity/protocol";
import type { TestSite } from "./testSite.ts";

/** A notice id that nothing else has. */
export function newNoticeId(): string {
  return ulid(Date.now(), randomBytes(10));
}

/** What `notice:File` takes: a run at the site that covers every test. */
export function noticeText(genesis: Genesis, { operatorId, siteId }: TestSite, noticeId: string): string {
  const { originMs } = genesis.clock;
  const flop = `5${"0".repeat(24)}`;
  return canonicalString({
    noticeId,
    operatorId,
    developer: "Example Laboratory",
    model: { family: "Example", name: "Example 1", parameters: "70000000000" },
    compute: { incrementalFlop: flop, cumulativeFlop: flop },
    facilities: [siteId],
    hardware: [{ model: "NVIDIA H100 SXM5 80GB", count: 2 }],
    attestation: "segment",
    plannedStartMs: originMs - DAY_MS,
    plannedEndMs: originMs + 3_650 * DAY_MS,
  });
}
