import assert from "node:assert/strict";
import { defaultRulebook, figure, figures } from "../src/index.ts";

describe("a network's rulebook", () => {
  it("begins with a value for every figure", () => {
    const rulebook = defaultRulebook();

    assert.deepEqual(Object.keys(rulebook), Object.keys(figures));
    assert.equal(figure({ rulebook }, "alertWindowDays"), 30n);
  });

  it("has RULEBOOK_FIGURE for a figure that it lacks", () => {
    assert.throws(() => figure({ rulebook: {} }, "alertWindowDays"), { code: "RULEBOOK_FIGURE" });
  });
});
