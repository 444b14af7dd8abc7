import assert from "node:assert/strict";
import {
  alertStatement,
  DAY_MS,
  evidenceBytes,
  evidenceProblem,
  type HostDocument,
  hostIdOf,
  MAX_EVIDENCE_BYTES,
} from "@comity/protocol";
import { tallyEvidence } from "../../src/watchfloor/evidenceTally.ts";
import { LogTally, type WindowTally } from "../../src/watchfloor/logTally.ts";
import { testItem } from "../gossip/testEvidence.ts";
import { testKey } from "../gossip/testKeys.ts";
import { operatorId, originMs, siteId, TestCoalition } from "./testCoalition.ts";
import { trusting } from "./testTallyRules.ts";

describe("a site with more evidence than a bundle can hold", function () {
  this.timeout(60_000); // Thousands of long entries.
  const [hostCount, days] = [300, 10];
  const hosts = Array.from({ length: hostCount }, (_, i) => testKey(`host ${i}`));
  const flopsOf = (host: number): bigint => BigInt(host + 1) * 10n ** 21n;
  let coalition: TestCoalition;
  let entries: Uint8Array[];
  let found: WindowTally;

  before(async () => {
    coalition = await TestCoalition.create();
    entries = Array.from({ length: days }, (_, day) =>
      hosts.map((host, i) => {
        const startMs = originMs + day * DAY_MS;
        const times = { number: day + 1, startMs, endMs: startMs + DAY_MS };
        const spec = { ...times, host, flops: flopsOf(i), accelerators: 64 };
        return testItem(coalition.networkId, coalition.origin, spec).entry;
      }),
    ).flat();
    const tally = new LogTally(coalition.genesis, trusting);
    for (const entry of entries) tally.add(entry);
    found = tally.windows()[0]!;
  });
  after(() => coalition.close());

  it("is judged by its strongest hosts, over all of its days", () => {
    const kept = found.count / days;

    assert.ok(kept > 200 && kept < hostCount);
    assert.deepEqual(found.tally.observed, { startMs: originMs, endMs: originMs + days * DAY_MS });
    const strongest = hosts.map((_, i) => flopsOf(i)).slice(-kept);
    assert.equal(found.tally.flopsLeast, BigInt(days) * strongest.reduce((sum, flops) => sum + flops, 0n));
  });

  it("gets a statement that follows from what all verifiers make of the range, and fits into a bundle", async () => {
    const { genesis, origin, ledger } = coalition;
    const parts = {
      subject: { operatorId, siteId },
      window: found.window,
      log: { origin, size: entries.length, root: "00".repeat(32) },
      entries: { from: found.from, to: found.to },
      ledger: { height: 0, blockHash: ledger.blockHash(0n)! },
    };
    const statement = alertStatement(genesis, parts, found.tally);
    const publicKeys = new Map(hosts.map((host) => [hostIdOf(host.publicKey) as string, host.publicHex]));
    const host = (hostId: string): HostDocument =>
      ({ operatorId, siteId, publicKey: publicKeys.get(hostId) }) as HostDocument;
    const deps = { ledger: { host, noticeRevisionsAt: () => [] }, verify: () => true };
    const pages = entries.map((entry, index) => [{ index, entry, proof: [], records: new Uint8Array() }]);

    const { tally, counting } = await tallyEvidence(statement, each(pages), deps);

    assert.equal(evidenceProblem(genesis, statement, tally), undefined);
    const sizeBytes = counting.reduce((sum, { entry }) => sum + evidenceBytes(entry), 0);
    assert.ok(sizeBytes <= MAX_EVIDENCE_BYTES + 2 * evidenceBytes(entries[0]!));
    const more = { ...statement, flopAtLeast: `${tally!.flopsLeast + 1n}` };
    assert.equal(evidenceProblem(genesis, more, tally), "ALERT_BOUND");
  });
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
