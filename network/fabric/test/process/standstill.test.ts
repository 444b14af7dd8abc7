import assert from "node:assert/strict";
import type { Health } from "../../src/process/health.ts";
import { Standstill } from "../../src/process/standstill.ts";

const names = ["orderer-xa", "orderer-xb", "orderer-xc", "orderer-xd"];

/** Heights of the four, one that does not answer without; peers that are far ahead are nobody's measure. */
function at(...heights: readonly (number | undefined)[]): Health[] {
  const orderers = names.map((name, index) => ({ name, isWell: true, height: heights[index] }));
  return [...orderers, { name: "peer-xa", isWell: true, height: 100_000 }];
}

describe("Standstill", () => {
  let standstill: Standstill;
  /** What it names, with the number of the look. */
  let named: string[];

  beforeEach(() => {
    standstill = new Standstill();
    named = [];
  });

  function look(times: number, healthAt: (look: number) => Health[]): void {
    for (let number = 0; number < times; number++) {
      const stuck = standstill.look(healthAt(number));
      if (stuck !== undefined) named.push(`${stuck} ${number}`);
    }
  }

  it("finds an orderer that has stood still for twelve looks while others went on", () => {
    look(13, (number) => at(100 + number, 100 + number, 100 + number, 90));

    assert.deepEqual(named, ["orderer-xd 12"]);
  });

  it("waits twice as long each time, until the orderer is level", () => {
    look(100, (number) => at(100 + number, 100 + number, 100 + number, 90));
    assert.deepEqual(named, ["orderer-xd 12", "orderer-xd 36", "orderer-xd 84"]);

    look(1, () => at(300, 300, 300, 300));
    named = [];
    look(13, (number) => at(400 + number, 400 + number, 400 + number, 300));
    assert.deepEqual(named, ["orderer-xd 12"]);
  });

  it("lets one be that catches up, however slowly", () => {
    look(300, (number) => at(500 + number, 500 + number, 500 + number, Math.floor(number / 10)));

    assert.deepEqual(named, []);
  });

  it("lets one be that is a few blocks behind, or does not answer, or is behind where nobody goes on", () => {
    look(300, (number) => at(500 + number, 500 + number, 497 + number, undefined));
    look(300, () => at(900, 900, 900, 90));

    assert.deepEqual(named, []);
  });

  it("begins anew where the orderer did not answer in between", () => {
    look(20, (number) => at(100 + number, 100 + number, 100 + number, number === 10 ? undefined : 90));

    assert.deepEqual(named, []);
  });

  it("names one at a time", () => {
    look(14, (number) => at(100 + number, 100 + number, 90, 90));

    assert.deepEqual(named, ["orderer-xc 12", "orderer-xd 13"]);
  });
});
