import assert from "node:assert/strict";
import { tipHourEndMs, tipHourMs, tipHourOf, tipRootBucket } from "../src/index.ts";
import { genesis, ORIGIN_MS } from "./fixture.ts";

describe("A tip hour", () => {
  const production = { ...genesis, mode: "production" as const };

  it("is an hour of real time, and ten seconds on evaluation networks", () => {
    assert.equal(tipHourMs(production), 3_600_000);
    assert.equal(tipHourMs(genesis), 10_000);
  });

  it("holds its first millisecond and ends before the next one's", () => {
    for (const network of [genesis, production]) {
      const hour = tipHourOf(network, ORIGIN_MS);
      const endMs = tipHourEndMs(network, hour);
      assert.equal(tipHourOf(network, endMs - 1), hour);
      assert.equal(tipHourOf(network, endMs), hour + 1);
    }
  });

  it("leaves a whole further hour, and what is left of its bucket, to file the root", () => {
    const hour = tipHourOf(production, ORIGIN_MS);
    const { bucketMs } = production.clock;

    assert.equal(tipRootBucket(production, hour) * bucketMs, tipHourEndMs(production, hour + 1));
    assert.equal(tipRootBucket(genesis, tipHourOf(genesis, ORIGIN_MS)) * bucketMs, ORIGIN_MS);
  });
});
