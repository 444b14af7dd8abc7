import assert from "node:assert/strict";
import { dollars } from "../../src/command/money.ts";

describe("dollars", () => {
  for (const [minor, text] of [
    ["0", "$0.00"],
    ["7", "$0.07"],
    ["99999", "$999.99"],
    ["100000", "$1,000.00"],
    ["25000000000", "$250,000,000.00"],
    ["1000000000000000000", "$10,000,000,000,000,000.00"],
  ] as const) {
    it(`says ${text} for ${minor} cents`, () => {
      assert.equal(dollars(minor), text);
    });
  }
});
