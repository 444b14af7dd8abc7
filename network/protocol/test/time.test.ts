import assert from "node:assert/strict";
import fc from "fast-check";
import { addMonths, DAY_MS } from "../src/index.ts";

const at = (text: string): number => Date.parse(text);

describe("adding months", () => {
  for (const [from, months, to] of [
    ["2026-01-15T10:20:30.400Z", 12, "2027-01-15T10:20:30.400Z"],
    ["2026-01-31T00:00:00.000Z", 1, "2026-02-28T00:00:00.000Z"],
    ["2024-02-29T23:59:59.999Z", 12, "2025-02-28T23:59:59.999Z"],
    ["2026-12-31T12:00:00.000Z", 2, "2027-02-28T12:00:00.000Z"],
    ["2026-03-31T12:00:00.000Z", 24, "2028-03-31T12:00:00.000Z"],
  ] as const)
    it(`comes from ${from} by ${months} to ${to}`, () =>
      assert.equal(new Date(addMonths(at(from), months)).toISOString(), to));

  it("keeps the time of day and moves by 28 to 31 days a month", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_000_000_000_000 }),
        fc.integer({ min: 0, max: 36 }),
        (from, months) => {
          const days = (addMonths(from, months) - from) / DAY_MS;
          assert.ok(Number.isInteger(days) && days >= months * 28 && days <= months * 31, `${days}`);
        },
      ),
    );
  });
});
