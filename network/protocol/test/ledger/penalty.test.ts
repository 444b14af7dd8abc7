import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultRulebook } from "../../src/rulebook.ts";
import { penaltyCeiling, penaltyFigures } from "../../src/ledger/penalty.ts";

const figures = penaltyFigures({ rulebook: defaultRulebook() });
const ceiling = (turnover: bigint): bigint => BigInt(penaltyCeiling(figures, turnover).amountMinor);
const turnover = fc.bigInt({ min: 0n, max: 10n ** 20n });

describe("The penalty's ceiling", () => {
  it("is $250M up to a turnover of $12.5bn, and 2 % of it above", () => {
    assert.equal(ceiling(0n), 25_000_000_000n);
    assert.equal(ceiling(1_250_000_000_000n), 25_000_000_000n);
    assert.equal(ceiling(1_250_000_000_001n), 25_000_000_001n, "a fraction of a cent rounds up");
    assert.equal(ceiling(30_000_000_000_000n), 600_000_000_000n);
  });

  it("is the least whole cent that is below neither the floor nor the share", () => {
    fc.assert(
      fc.property(turnover, (value) => {
        const amount = ceiling(value);
        const covers = (cents: bigint): boolean =>
          cents >= figures.floorMinor && cents * 10_000n >= value * 200n;
        assert.ok(covers(amount));
        assert.ok(!covers(amount - 1n));
      }),
    );
  });

  it("never falls as turnover rises", () => {
    fc.assert(
      fc.property(turnover, turnover, (a, b) => {
        assert.equal(a <= b ? ceiling(a) <= ceiling(b) : ceiling(b) <= ceiling(a), true);
      }),
    );
  });
});
