import { policyTime } from "@comity/protocol";
import { eventually } from "./eventually.ts";
import type { TestCoalition } from "./testCoalition.ts";
import { newNoticeId, noticeText } from "./testNotice.ts";
import { DAYS_TO_ALERT, enrolTestSite, type TestSite } from "./testSite.ts";

/** A site whose evidence would fire the rule, had its operator not filed a notice before. */
export async function declaredSite(
  test: TestCoalition,
  options: { readonly member: number; readonly hosts?: number },
): Promise<TestSite> {
  const site = await enrolTestSite(test, options);
  const officer = test.coalition.ledger(site.memberId, "officer");
  const { blockNumber } = await officer.submit("notice:File", noticeText(test.genesis, site, newNoticeId()));
  await seenByAll(test, blockNumber);
  // A notice covers nothing that came before its filing.
  const startMs = policyTime(test.genesis.clock, Date.now());
  for (const host of site.hosts) host.startAt(startMs);
  await site.train(DAYS_TO_ALERT);
  return site;
}

/** Before the first evidence comes, or a node that has not seen the notice would propose. */
async function seenByAll({ coalition, memberIds }: TestCoalition, blockNumber: bigint): Promise<void> {
  for (const memberId of memberIds) {
    await eventually(`block ${blockNumber} seen by ${memberId}`, async () => {
      const response = await fetch(`${coalition.consoleUrl(memberId)}/v1/status`);
      const { ledgerHeight } = (await response.json()) as { ledgerHeight: number | string };
      return BigInt(ledgerHeight) >= blockNumber ? true : undefined;
    });
  }
}
