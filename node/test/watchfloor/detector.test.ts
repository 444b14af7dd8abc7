import assert from "node:assert/strict";
import { DAY_MS } from "@comity/protocol";
import { CheckpointArchive } from "../../src/watchfloor/checkpointArchive.ts";
import { testKey } from "../gossip/testKeys.ts";
import { DetectorBench, FLOPS_A_DAY } from "./detectorBench.ts";
import { originMs } from "./testCoalition.ts";

describe("Detector", () => {
  let bench: DetectorBench;
  beforeEach(async () => (bench = await DetectorBench.create()));
  afterEach(() => bench.close());

  it("proposes a run whose projection is above the threshold, with the greatest bound, and keeps the note of its tree", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);

    await bench.start();

    assert.deepEqual(bench.proposed, [await bench.coalition.statement()]);
    const archive = new CheckpointArchive({ directory: bench.dir });
    assert.equal(
      await archive.get(bench.coalition.origin, 10),
      bench.coalition.logs[0]!.sign(bench.coalition.origin, 10),
    );
  });

  it("says nothing below the threshold", async () => {
    await bench.coalition.work(10, 1_000_000_000_000_000_000_000n);
    await bench.start();
    assert.deepEqual(bench.proposed, []);
  });

  it("says nothing before the least time of observation and speaks up when it has passed", async () => {
    await bench.coalition.work(2, FLOPS_A_DAY);
    await bench.start();
    assert.deepEqual(bench.proposed, []);
    await bench.coalition.work(1, FLOPS_A_DAY);

    await bench.scan();

    assert.deepEqual(
      bench.proposed.map(({ entries }) => entries),
      [{ from: 0, to: 3 }],
    );
  });

  it("proposes only what came after a notice had run out", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.coalition.ledger.addBlock([bench.coalition.notice({ plannedEndMs: originMs + 5 * DAY_MS })]);

    await bench.start();

    const declared = [{ startMs: originMs, endMs: originMs + 5 * DAY_MS }];
    const { observed, flopAtLeast } = await bench.coalition.statement({}, declared);
    assert.deepEqual(
      bench.proposed.map((statement) => [statement.observed, statement.flopAtLeast]),
      [[observed, flopAtLeast]],
    );
  });

  it("adds up anew when a notice comes", async () => {
    await bench.coalition.work(2, FLOPS_A_DAY);
    await bench.start();
    bench.coalition.ledger.addBlock([bench.coalition.notice()]);
    await bench.coalition.work(8, FLOPS_A_DAY);

    await bench.scan();

    assert.deepEqual(bench.proposed, []);
  });

  it("passes over what no enrolled host signed, and adds up anew when the host is enrolled", async () => {
    const { coalition } = bench;
    await coalition.work(5, FLOPS_A_DAY);
    const honest = await coalition.statement();
    await coalition.work(1, FLOPS_A_DAY, { signWith: testKey("somebody") });
    const hosts = [...coalition.ledger.hosts];
    coalition.ledger.hosts.clear();
    await bench.start();
    assert.deepEqual(bench.proposed, []);
    for (const [hostId, host] of hosts) coalition.ledger.hosts.set(hostId, host);

    await bench.scan();

    assert.deepEqual(
      bench.proposed.map(({ flopAtLeast, observed }) => [flopAtLeast, observed]),
      [[honest.flopAtLeast, honest.observed]],
    );
  });

  it("says nothing while a notice is in force", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.coalition.ledger.addBlock([bench.coalition.notice()]);

    await bench.start();

    assert.deepEqual(bench.proposed, []);
  });

  it("says nothing new of a filed alert until the bound is greater by the rulebook's share", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.coalition.ledger.filed.push({ statement: await bench.coalition.statement() } as never);
    await bench.start();
    await bench.coalition.work(2, FLOPS_A_DAY);
    await bench.scan();
    assert.deepEqual(bench.proposed, []);
    await bench.coalition.work(1, FLOPS_A_DAY);

    await bench.scan();

    assert.deepEqual(
      bench.proposed.map(({ flopAtLeast }) => flopAtLeast),
      [`${13n * FLOPS_A_DAY}`],
    );
  });

  it("does not propose what its own appraisal would not sign", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.appraisal = { decision: "refuse", reason: "APPRAISAL_EVIDENCE" };

    await bench.start();

    assert.deepEqual(bench.proposed, []);
  });
});
