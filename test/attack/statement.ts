import {
  addContribution,
  alertStatement,
  type AlertStatement,
  alertWindow,
  contributionOf,
  decodeEntry,
  projectedFlop,
  type Tally,
  toHex,
} from "@comity/protocol";
import { eventually } from "../system/eventually.ts";
import { LogReader } from "../system/logReader.ts";
import type { TestCoalition } from "../system/testCoalition.ts";
import type { TestSite } from "../system/testSite.ts";

/** The true statement about a site, as its log and the ledger are now. */
export async function trueStatement(test: TestCoalition, site: TestSite): Promise<AlertStatement> {
  const log = new LogReader(test, site);
  const { origin, size, root } = await eventually("a checkpoint of all that was acknowledged", async () => {
    const checkpoint = await log.checkpoint();
    return checkpoint !== undefined && checkpoint.size > 0 ? checkpoint : undefined;
  });
  const entries = (await log.entries(size)).map(decodeEntry);
  const [first] = entries;
  if (first === undefined) throw new Error("the log is empty");
  const window = alertWindow(test.genesis, first.segment.endMs - 1);
  const tally = entries.reduce<Tally | undefined>((sum, entry) => {
    const contribution = contributionOf(entry, window);
    return contribution === undefined ? sum : addContribution(sum, contribution);
  }, undefined);
  if (tally === undefined) throw new Error("no entry counts");
  const { operatorId, siteId } = site;
  return alertStatement(
    test.genesis,
    {
      subject: { operatorId, siteId },
      window,
      log: { origin, size, root: toHex(root) },
      entries: { from: 0, to: size },
      ledger: await newestBlock(test),
    },
    tally,
  );
}

/** The same with more work in it, and all that follows from that. */
export function inflated(test: TestCoalition, statement: AlertStatement, byFlop: bigint): AlertStatement {
  const flopAtLeast = BigInt(statement.flopAtLeast) + byFlop;
  return {
    ...statement,
    flopAtLeast: flopAtLeast.toString(),
    projectedFlop: projectedFlop(test.genesis, flopAtLeast, statement.observed).toString(),
  };
}

async function newestBlock(test: TestCoalition): Promise<AlertStatement["ledger"]> {
  const memberId = test.memberId(1);
  const response = await fetch(`${test.coalition.consoleUrl(memberId)}/v1/status`);
  const { ledgerHeight } = (await response.json()) as { ledgerHeight: number | string };
  const stop = new AbortController();
  const ledger = test.coalition.ledger(memberId, "node");
  for await (const { number, hash } of ledger.blocks({ from: BigInt(ledgerHeight), signal: stop.signal })) {
    stop.abort();
    return { height: Number(number), blockHash: hash };
  }
  throw new Error("the ledger has no blocks");
}
