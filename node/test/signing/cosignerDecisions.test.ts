import assert from "node:assert/strict";
import fc from "fast-check";
import { fromHex, type PartialMessage } from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import { CosignerBench } from "./cosignerBench.ts";

describe("Cosigner", () => {
  let bench: CosignerBench;
  beforeEach(async () => (bench = await CosignerBench.create()));
  afterEach(() => bench.close());

  describe("hears a partial and", () => {
    it("counts it for the member that signed it", async () => {
      const digest = await bench.opened();

      assert.equal(await bench.hear("partial", bench.partial(digest, 3), 4), "accept");
      assert.deepEqual(bench.signed(), [3]);
    });

    it("ignores it if nobody proposed that digest", async () => {
      assert.equal(await bench.hear("partial", bench.partial(fromHex("ab".repeat(32)), 3)), "ignore");
    });

    it("ignores it the second time", async () => {
      const digest = await bench.opened();
      await bench.hear("partial", bench.partial(digest, 3));

      assert.equal(await bench.hear("partial", bench.partial(digest, 3)), "ignore");
    });

    const bad: Record<string, (digest: Uint8Array) => PartialMessage> = {
      "of an old epoch": (digest) => bench.partial(digest, 3, { keyEpoch: 2 }),
      "whose decision its member did not sign": (digest) => bench.partial(digest, 3, { signer: 2 }),
      "of somebody who is no member": (digest) => bench.partial(digest, 3, {}),
      "of another member's share": (digest) =>
        bench.partial(digest, 3, {
          partial: signPartial(bench.coalition.group.shares[1]!.secretShare, digest),
        }),
      "that is no curve point": (digest) => bench.partial(digest, 3, { partial: new Uint8Array(96).fill(7) }),
      "over another digest": (digest) =>
        bench.partial(digest, 3, {
          partial: signPartial(bench.coalition.group.shares[2]!.secretShare, new Uint8Array(32)),
        }),
      "that its decision does not name": (digest) => bench.partial(digest, 3, { hash: "11".repeat(32) }),
    };
    for (const [what, make] of Object.entries(bad)) {
      it(`rejects one ${what}`, async () => {
        const digest = await bench.opened();
        const message = make(digest);
        const stranger = {
          ...message,
          decision: bench.decision(digest, { ...message.decision, memberIndex: 9 }, 3),
        };

        assert.equal(await bench.hear("partial", what.includes("no member") ? stranger : message), "reject");
        assert.deepEqual(bench.signed(), []);
      });
    }

    it("stops looking at a sender that forges, and still counts the member in whose name it did", async () => {
      const digest = await bench.opened();
      const forged = bench.partial(digest, 3, { signer: 2 });
      const verdicts = [];
      for (let i = 0; i < 5; i++) verdicts.push(await bench.hear("partial", forged, 2));

      assert.deepEqual(verdicts, ["reject", "reject", "reject", "reject", "ignore"]);
      assert.equal(await bench.hear("partial", bench.partial(digest, 3), 3), "accept");
    });

    it("does not blame a member for a partial that others put next to its decision", async () => {
      const digest = await bench.opened();
      const honest = bench.partial(digest, 3);
      const spoilt = { ...honest, partial: bench.partial(digest, 4).partial };
      for (let i = 0; i < 5; i++) await bench.hear("partial", spoilt, 2);

      assert.equal(await bench.hear("partial", honest, 3), "accept");
    });

    it("stops looking at a member that signs bad partials, whoever sends them", async () => {
      const digest = await bench.opened();
      const bad = bench.partial(digest, 4, { partial: new Uint8Array(96).fill(7) });
      for (const from of [1, 2, 3, 4]) await bench.hear("partial", bad, from);

      assert.equal(await bench.hear("partial", bad, 2), "ignore");
      assert.equal(await bench.hear("partial", bench.partial(digest, 3), 2), "accept");
    });
  });

  it("counts refusals that their members signed and rejects others", async () => {
    const digest = await bench.opened();

    assert.equal(await bench.hear("refusal", bench.refusal(digest, 3, 2)), "reject");
    assert.equal(await bench.hear("refusal", bench.refusal(digest, 3)), "accept");
    assert.deepEqual(bench.cosigner.status()[0]?.refused, [{ memberIndex: 3, reason: "APPRAISAL_RULE" }]);
  });

  it("rejects a refusal in the place of a partial and the other way round", async () => {
    const digest = await bench.opened();

    assert.equal(await bench.hear("partial", bench.refusal(digest, 3)), "reject");
    assert.equal(await bench.hear("refusal", bench.partial(digest, 3)), "reject");
  });

  it("only ever ignores or rejects random bytes", async () => {
    await bench.opened();
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("proposal", "partial", "refusal"),
        async (bytes, topic) => {
          assert.notEqual(await bench.hear(topic, bytes), "accept");
        },
      ),
      { numRuns: 300 },
    );
  });
});
