import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeCanonical, encodeCanonical, toHex } from "@comity/protocol";
import { CosignerBench } from "./cosignerBench.ts";

describe("Cosigner", () => {
  let bench: CosignerBench;
  beforeEach(async () => (bench = await CosignerBench.create()));
  afterEach(() => bench.close());

  it("goes on with an open session after a restart, decisions included", async () => {
    const digest = await bench.opened();
    await bench.hear("partial", bench.partial(digest, 3));
    await bench.cosigner.stop();
    await bench.open();
    await bench.cosigner.start();

    assert.deepEqual(bench.signed(), [3]);
  });

  it("sends the same decision after a restart although the evidence says otherwise now", async () => {
    bench.appraisal = Promise.resolve({ decision: "sign" });
    const digest = await bench.opened();
    while (!bench.signed().includes(1)) await new Promise((resolve) => setImmediate(resolve));
    await bench.cosigner.stop();
    bench.appraisal = Promise.resolve({ decision: "refuse", reason: "APPRAISAL_RULE" });
    await bench.open();
    await bench.cosigner.start();

    await bench.hear("partial", bench.partial(digest, 2));
    await bench.hear("partial", bench.partial(digest, 3));
    const alert = await bench.coalition.ledger.alertFiled();

    assert.deepEqual(
      alert.decisions.map(({ memberIndex, decision }) => `${memberIndex} ${decision}`),
      ["1 sign", "2 sign", "3 sign"],
    );
  });

  describe("killed while it decides", () => {
    /** What it says of its decision, and the disk at that moment. */
    async function decided(): Promise<{ digest: Uint8Array; partial: Uint8Array; snapshot: string }> {
      bench.appraisal = Promise.resolve({ decision: "sign" });
      const snapshot = join(bench.dir, "snapshot");
      bench.beforePublish = async (topic) => {
        if (topic !== "partial") return;
        for (const name of ["sessions", "signing.log"])
          await cp(join(bench.dir, name), join(snapshot, name), { recursive: true });
        bench.beforePublish = () => Promise.resolve();
      };
      const digest = await bench.opened();
      return { digest, partial: await said("partial"), snapshot };
    }

    async function said(topic: string): Promise<Uint8Array> {
      for (;;) {
        const found = bench.published.find((each) => each.topic === topic);
        if (found) return found.message;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    /** Another process with that disk, whose evidence says otherwise. */
    async function restartOn(directory: string): Promise<void> {
      await bench.cosigner.stop();
      bench.published.length = 0;
      bench.dir = directory;
      bench.appraisal = Promise.resolve({ decision: "refuse", reason: "APPRAISAL_RULE" });
      await bench.open();
      await bench.cosigner.start();
    }

    it("has its decision in the log, and in the session, before it says anything", async () => {
      const { digest, partial, snapshot } = await decided();
      const name = toHex(digest);

      const log = await readFile(join(snapshot, "signing.log"), "utf8");
      assert.ok(log.includes(name) && log.includes('"decision":"sign"'));
      const session = await readFile(join(snapshot, "sessions", `${name}.json`), "utf8");
      assert.ok(session.includes(toHex(partial)));
    });

    it("says the same after a restart: decision in the log, not in the session", async () => {
      const { digest, partial, snapshot } = await decided();
      const opened = join(snapshot, "sessions", `${toHex(digest)}.json`);
      const session = decodeCanonical(await readFile(opened), 65_536) as Record<string, unknown>;
      await writeFile(opened, encodeCanonical({ ...session, partials: [] }));

      await restartOn(snapshot);

      assert.deepEqual(await said("partial"), partial);
    });

    it("says the same after a restart: decision in the session, not said", async () => {
      const { partial, snapshot } = await decided();

      await restartOn(snapshot);

      assert.deepEqual(await said("partial"), partial);
    });
  });
});
