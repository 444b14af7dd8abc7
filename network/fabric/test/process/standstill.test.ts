import assert from "node:assert/strict";
import type { Health } from "../../src/process/health.ts";
import { Standstill } from "../../src/process/standstill.ts";

const names = ["orderer-xa", "orderer-xb", "orderer-xc", "orderer-xd"];

/** Heights of the four, one that does not answer without; peers that are far ahead are nobody's measure. */
function at(...heights: readonly (number | undefined)[]): Health[] {
  const orderers = names.map((name, index) => ({ name, isWell: true, height: heights[index] }));
  return [...orderers, { name: "peer-xa", isWell: true, height: 1_000 }];
}

describe("Standstill", () => {
  let standstill: Standstill;

  beforeEach(() => (standstill = new Standstill()));

  it("finds an orderer that has stood still for half a minute, far behind", () => {
    assert.equal(standstill.look(at(100, 100, 100, 90), 0), undefined);
    assert.equal(standstill.look(at(120, 120, 120, 90), 29_000), undefined);
    assert.equal(standstill.look(at(130, 130, 130, 90), 30_000), "orderer-xd");
  });

  it("lets one be that catches up, however slowly", () => {
    for (let second = 0; second < 300; second += 10)
      assert.equal(standstill.look(at(500, 500, 500, second), second * 1_000), undefined);
  });

  it("lets one be that is a few blocks behind, or does not answer", () => {
    for (let second = 0; second < 300; second += 10)
      assert.equal(standstill.look(at(500, 500, 497, undefined), second * 1_000), undefined);
  });

  it("begins anew where the orderer did not answer in between", () => {
    standstill.look(at(100, 100, 100, 90), 0);
    standstill.look(at(100, 100, 100, undefined), 20_000);

    assert.equal(standstill.look(at(100, 100, 100, 90), 40_000), undefined);
    assert.equal(standstill.look(at(100, 100, 100, 90), 70_000), "orderer-xd");
  });

  it("names one at a time, and gives it half a minute again", () => {
    standstill.look(at(100, 100, 90, 90), 0);

    assert.equal(standstill.look(at(100, 100, 90, 90), 30_000), "orderer-xc");
    assert.equal(standstill.look(at(100, 100, 90, 90), 35_000), "orderer-xd");
    assert.equal(standstill.look(at(100, 100, 90, 90), 40_000), undefined);
  });
});
