import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { alertIdOf, type AlertStatement } from "@comity/protocol";
import { CosignerBench } from "./cosignerBench.ts";

describe("Cosigner", () => {
  let bench: CosignerBench;
  beforeEach(async () => (bench = await CosignerBench.create()));
  afterEach(() => bench.close());

  describe("hears a proposal and", () => {
    it("ignores it the second time", async () => {
      const message = await bench.proposal();
      await bench.hear("proposal", message);

      assert.equal(await bench.hear("proposal", message, 3), "ignore");
      assert.equal(bench.cosigner.status().length, 1);
    });

    it("rejects it if its member did not sign it", async () => {
      assert.equal(await bench.hear("proposal", await bench.proposal({}, 3)), "reject");
    });

    it("rejects it if its author is no member", async () => {
      assert.equal(await bench.hear("proposal", await bench.proposal({ memberIndex: 9 })), "reject");
    });

    it("ignores it once it is over, so that a replay opens nothing", async () => {
      assert.equal(
        await bench.hear("proposal", await bench.proposal({ expiresAtMs: Date.now() - 1 })),
        "ignore",
      );
      assert.equal(bench.cosigner.status().length, 0);
    });

    it("rejects it if it would live too long", async () => {
      assert.equal(
        await bench.hear("proposal", await bench.proposal({ expiresAtMs: Date.now() + 900_000 })),
        "reject",
      );
    });

    it("ignores it under another key epoch", async () => {
      assert.equal(await bench.hear("proposal", await bench.proposal({ keyEpoch: 2 })), "ignore");
    });

    it("ignores it if the ledger shows the alert already", async () => {
      const message = await bench.proposal();
      bench.coalition.ledger.filed.push({ alertId: alertIdOf(message.statement) } as never);

      assert.equal(await bench.hear("proposal", message), "ignore");
    });

    it("keeps a statement open for as long as anybody proposes it", async () => {
      const life = { short: Date.now() + 60_000, long: Date.now() + 500_000 };
      await bench.hear("proposal", await bench.proposal({ expiresAtMs: life.short }));
      const longer = await bench.proposal({ memberIndex: 3, expiresAtMs: life.long }, 3);

      assert.equal(await bench.hear("proposal", longer, 3), "accept");
      assert.equal(await bench.hear("proposal", longer, 4), "ignore");
      const open = bench.cosigner.status().map(({ proposer, expiresAtMs }) => [proposer, expiresAtMs]);
      assert.deepEqual(open, [[2, life.long]]);
    });

    it("opens a statement again whose proposal ran out", async () => {
      const message = await bench.proposal({ expiresAtMs: Date.now() + 200 });
      await bench.hear("proposal", message);
      while (Date.now() <= message.expiresAtMs) await new Promise((resolve) => setImmediate(resolve));
      await bench.hear("partial", bench.partial(bench.digest(message), 4));
      assert.equal(bench.cosigner.status().length, 0);

      assert.equal(await bench.hear("proposal", await bench.proposal({ memberIndex: 3 }, 3), 3), "accept");
      assert.equal(bench.cosigner.status().length, 1);
    });

    it("ignores a member's ninth", async () => {
      const statement = await bench.coalition.statement();
      const verdicts = [];
      for (let to = 1; to <= 9; to++) {
        verdicts.push(
          await bench.hear(
            "proposal",
            await bench.proposal({ statement: { ...statement, entries: { from: 0, to } } }),
          ),
        );
      }

      assert.deepEqual(verdicts, [...Array<string>(8).fill("accept"), "ignore"]);
    });
  });

  it("counts what was refused against its member's limit, for as long as any proposal may live", async () => {
    const statement = await bench.coalition.statement();
    const numbered = (to: number): AlertStatement => ({ ...statement, entries: { from: 0, to } });
    for (let to = 1; to <= 8; to++) {
      const message = await bench.proposal({ statement: numbered(to), expiresAtMs: Date.now() + 200 });
      await bench.hear("proposal", message);
      for (const member of [2, 3, 4])
        await bench.hear("refusal", bench.refusal(bench.digest(message), member));
    }
    assert.equal(bench.cosigner.status().length, 0);

    const ninth = { statement: numbered(9) };
    assert.equal(await bench.hear("proposal", await bench.proposal(ninth)), "ignore");
    assert.equal(
      await bench.hear("proposal", await bench.proposal({ ...ninth, memberIndex: 3 }, 3)),
      "accept",
    );
  });

  it("rejects what is off the rulebook's grid, and remembers nothing of it", async () => {
    bench.appraisal = Promise.resolve({ decision: "refuse", reason: "APPRAISAL_WINDOW" });
    const { window, ...rest } = await bench.coalition.statement();
    const statement = { ...rest, window: { startMs: window.startMs + 1, endMs: window.endMs + 1 } };

    for (let i = 0; i < 20; i++)
      assert.equal(await bench.hear("proposal", await bench.proposal({ statement })), "reject");

    assert.equal(bench.cosigner.status().length, 0);
    assert.deepEqual(await readdir(join(bench.dir, "sessions")), []);
    assert.equal(await bench.hear("proposal", await bench.proposal()), "accept");
  });

  it("does not propose with SIGNING_NO_KEY before there is a key", async () => {
    bench.coalition.ledger.epochRecords = [];

    await assert.rejects(bench.cosigner.propose(await bench.coalition.statement()), {
      code: "SIGNING_NO_KEY",
    });
  });

  it("proposes a statement that somebody let run out", async () => {
    const message = await bench.proposal({ expiresAtMs: Date.now() + 100 });
    await bench.hear("proposal", message);
    while (Date.now() <= message.expiresAtMs) await new Promise((resolve) => setImmediate(resolve));
    await bench.hear("partial", bench.partial(bench.digest(message), 4));

    await bench.cosigner.propose(message.statement);

    assert.deepEqual(
      bench.cosigner.status().map(({ proposer }) => proposer),
      [1],
    );
  });
});
