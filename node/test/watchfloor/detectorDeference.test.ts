import assert from "node:assert/strict";
import { DetectorBench, FLOPS_A_DAY } from "./detectorBench.ts";

describe("Detector", () => {
  let bench: DetectorBench;
  beforeEach(async () => (bench = await DetectorBench.create()));
  afterEach(() => bench.close());

  it("says nothing while a proposal is open that it signed and nobody refused", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.open = [{ ...(await bench.coalition.statement()), signed: [1, 2], refused: [] }];

    await bench.start();
    await bench.scan(500_000);

    assert.deepEqual(bench.proposed, []);
  });

  it("proposes anew what it signed and somebody refused, however often it is proposed", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    const statement = await bench.coalition.statement();
    bench.open = [{ ...statement, signed: [1, 2], refused: [4] }];
    await bench.start();
    await bench.scan(29_999);
    assert.deepEqual(bench.proposed, []);

    await bench.scan(1);

    assert.deepEqual(bench.proposed, [statement]);
  });

  it("proposes anew, with a new block, what it signed and others can sign no more", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.open = [{ ...(await bench.coalition.statement()), signed: [1, 2], refused: [] }];
    bench.coalition.ledger.addBlock([], bench.now);
    await bench.start();
    await bench.scan(300_000);
    await bench.scan(1);
    assert.equal(bench.proposed.length, 0);

    await bench.scan(30_000);

    assert.deepEqual(
      bench.proposed.map(({ ledger }) => ledger.height),
      [1],
    );
  });

  it("gives its own proposal as much time as others', also where it does not sign it", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    const statement = await bench.coalition.statement();
    bench.open = [{ ...statement, signed: [], refused: [2] }];
    await bench.start();
    for (const afterMs of [30_000, 60_000, 29_999]) await bench.scan(afterMs);
    assert.equal(bench.proposed.length, 1);

    await bench.scan(1);

    assert.equal(bench.proposed.length, 2);
  });

  it("is not kept for ever from its own proposal by those that it does not sign", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    const statement = await bench.coalition.statement();
    bench.open = [{ ...statement, signed: [2], refused: [] }];
    await bench.start();
    bench.open = [{ ...statement, flopAtLeast: "1", signed: [2], refused: [] }];
    await bench.scan(29_999);
    assert.deepEqual(bench.proposed, []);

    await bench.scan(1);

    assert.deepEqual(bench.proposed, [statement]);
  });

  it("lets the owner of the log go first when it holds only a mirror", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    await bench.start(3);
    await bench.scan(5_999);
    assert.deepEqual(bench.proposed, []);

    await bench.scan(1);

    assert.equal(bench.proposed.length, 1);
  });

  it("proposes anew what came to nothing, after longer and longer pauses", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    await bench.start();
    const times = [59_999, 1, 119_999, 1];
    const counts = [];
    for (const afterMs of times) {
      await bench.scan(afterMs);
      counts.push(bench.proposed.length);
    }

    assert.deepEqual(counts, [1, 2, 2, 3]);
  });
});
