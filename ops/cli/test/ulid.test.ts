import assert from "node:assert/strict";
import { ulid } from "../src/ulid.ts";

describe("ulid", () => {
  it("encodes the specification's example time", () => {
    assert.equal(ulid(1_469_918_176_385, new Uint8Array(10)), "01ARYZ6S410000000000000000");
  });

  it("sorts as time does and uses all eighty random bits", () => {
    const ones = new Uint8Array(10).fill(255);

    assert.ok(ulid(1, ones) < ulid(2, new Uint8Array(10)));
    assert.equal(ulid(0, ones), "0000000000ZZZZZZZZZZZZZZZZ");
  });
});
