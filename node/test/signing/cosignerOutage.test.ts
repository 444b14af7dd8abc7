import assert from "node:assert/strict";
import { decodeOpenProposals } from "../../src/signing/sessionsStream.ts";
import { realClock } from "../gossip/testNetworks.ts";
import { CosignerBench } from "./cosignerBench.ts";

describe("Cosigner", () => {
  let bench: CosignerBench;
  beforeEach(async () => (bench = await CosignerBench.create()));
  afterEach(() => bench.close());

  it("tells a node that was away what is open and who decided", async () => {
    const digest = await bench.opened();
    await bench.hear("partial", bench.partial(digest, 3));
    await bench.hear("refusal", bench.refusal(digest, 4));

    const open = decodeOpenProposals(await bench.streams.get("sessions")!(new Uint8Array(), 2));

    assert.deepEqual(
      open.map(({ partials, refusals }) => [partials.length, refusals.length]),
      [[1, 1]],
    );
  });

  it("files again after the ledger was away, and what is filed is no longer open", async () => {
    bench.appraisal = Promise.resolve({ decision: "sign" });
    bench.coalition.ledger.isDown = true;
    await bench.cosigner.start();
    const digest = await bench.opened();
    await bench.hear("partial", bench.partial(digest, 2));
    await bench.hear("partial", bench.partial(digest, 3));
    while (bench.coalition.ledger.submissions.length === 0)
      await new Promise((resolve) => setImmediate(resolve));

    bench.coalition.ledger.isDown = false;
    await bench.coalition.ledger.alertFiled();
    while (bench.cosigner.status().length > 0) await new Promise((resolve) => setImmediate(resolve));

    assert.ok(bench.coalition.ledger.submissions.length >= 2);
  });

  it("keeps a signed alert, and files it, however long the ledger was away", async () => {
    const outage = 200;
    bench.sleep = (ms, signal) => realClock.sleep(Math.min(ms, 1), signal);
    bench.coalition.ledger.isDown = true;
    await bench.cosigner.start();
    const digest = await bench.opened();
    for (const member of [2, 3, 4]) await bench.hear("partial", bench.partial(digest, member));
    while (bench.coalition.ledger.submissions.length < outage)
      await new Promise((resolve) => setImmediate(resolve));

    bench.coalition.ledger.isDown = false;
    await bench.coalition.ledger.alertFiled();

    while (bench.cosigner.status().length > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
