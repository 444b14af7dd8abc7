import assert from "node:assert/strict";
import { AnswerCache } from "../../src/service/answerCache.ts";

describe("AnswerCache", () => {
  let nowMs: number;
  let asked: number;
  let cache: AnswerCache<number>;
  const ask = (): Promise<number> => Promise.resolve(++asked);

  beforeEach(() => {
    nowMs = 0;
    asked = 0;
    cache = new AnswerCache({ ttlMs: 100, maxEntries: 2, maxInFlight: 2 }, { now: () => nowMs });
  });

  it("asks once for all who ask together, and again once the answer is too old", async () => {
    assert.deepEqual(await Promise.all([cache.get("q", ask), cache.get("q", ask)]), [1, 1]);

    nowMs = 99;
    assert.equal(await cache.get("q", ask), 1);

    nowMs = 100;
    assert.equal(await cache.get("q", ask), 2);
  });

  it("does not keep failures", async () => {
    await assert.rejects(
      cache.get("q", () => Promise.reject(new Error("away"))),
      /away/,
    );

    assert.equal(await cache.get("q", ask), 1);
  });

  it("keeps no more answers than it may", async () => {
    for (const question of ["a", "b", "c"]) await cache.get(question, ask);

    assert.equal(await cache.get("c", ask), 3);
    assert.equal(await cache.get("a", ask), 4);
  });

  it("refuses more questions at once than it may pass on, and goes on afterwards", async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const waiting = ["a", "b"].map((question) => cache.get(question, () => promise));

    await assert.rejects(cache.get("c", ask), { code: "GATEWAY_BUSY" });

    resolve(7);
    await Promise.all(waiting);
    assert.equal(await cache.get("c", ask), 1);
  });
});
