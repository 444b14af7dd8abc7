import assert from "node:assert/strict";
import { Backoff } from "../src/backoff.ts";

describe("the pauses between attempts", () => {
  it("double up to the limit, and start anew after a success", () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 500 }, { random: () => 1 });

    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => backoff.next()),
      [100, 200, 400, 500, 500],
    );
    backoff.reset();
    assert.equal(backoff.next(), 100);
  });

  it("are at least half of what they could be", () => {
    assert.equal(new Backoff({ firstMs: 100, longestMs: 500 }, { random: () => 0 }).next(), 50);
  });
});
