import { randomBytes } from "node:crypto";
import { ulid } from "@comity/cli";
import type { LedgerClient } from "@comity/ledger";
import { canonicalString, DAY_MS } from "@comity/protocol";

const operatorId = "bench-operator";
const siteId = "bench-site";
const flop = `5${"0".repeat(24)}`;
const plannedStartMs = Date.UTC(2030, 0, 1);

/** What a notice names must be on the ledger. @param officer of the member */
export async function prepareFiling(officer: LedgerClient, memberId: string): Promise<void> {
  const operator = { operatorId, memberId, name: "Example Compute" };
  await officer.submitIdempotent("facility:RegisterOperator", canonicalString(operator));
  const site = { siteId, operatorId, memberId, class: "datacentre", name: "Example Valley" };
  await officer.submitIdempotent("facility:RegisterSite", canonicalString(site));
}

/** One more notice, like those that operators file. */
export function fileNotice(officer: LedgerClient): Promise<unknown> {
  const noticeId = ulid(Date.now(), randomBytes(10));
  const notice = {
    ...{
      noticeId,
      operatorId,
      developer: "Example Laboratory",
      facilities: [siteId],
      attestation: "segment",
    },
    model: { family: "Example", name: "Example 1", parameters: "70000000000" },
    compute: { incrementalFlop: flop, cumulativeFlop: flop },
    hardware: [{ model: "NVIDIA H100 SXM5 80GB", count: 512 }],
    ...{ plannedStartMs, plannedEndMs: plannedStartMs + 90 * DAY_MS },
  };
  return officer.submit("notice:File", canonicalString(notice));
}
