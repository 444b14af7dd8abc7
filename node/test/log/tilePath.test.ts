import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTilePath, tilePath } from "../../src/log/index.ts";

describe("tilePath", () => {
  it("writes the examples of C2SP tlog-tiles", () => {
    assert.equal(tilePath({ level: 0, index: 1234067, width: 256 }), "tile/0/x001/x234/067");
    assert.equal(tilePath({ level: 0, index: 273, width: 112 }), "tile/0/273.p/112");
    assert.equal(tilePath({ level: "entries", index: 0, width: 1 }), "tile/entries/000.p/1");
    assert.equal(tilePath({ level: 2, index: 1000, width: 256 }), "tile/2/x001/000");
  });

  it("reads back what it wrote", () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant("entries" as const));
    const name = fc.record({
      level,
      index: fc.nat({ max: 2 ** 40 }),
      width: fc.integer({ min: 1, max: 256 }),
    });

    fc.assert(fc.property(name, (tile) => assert.deepEqual(parseTilePath(tilePath(tile)), { ...tile })));
  });

  for (const path of [
    "tile/0/x000/001",
    "tile/0/1",
    "tile/64/001",
    "tile/0/001.p/0",
    "tile/0/001.p/256",
    "tile/0/001.p/007",
    "tile/0/../../journal",
    "tile/00/001",
    "journal",
  ]) {
    it(`refuses ${path}`, () => assert.equal(parseTilePath(path), undefined));
  }
});
