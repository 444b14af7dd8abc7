import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addContribution,
  alertWindow,
  contributionOf,
  DAY_MS,
  decodeEntry,
  type Tally,
} from "@comity/protocol";
import { MAX_RANGE } from "../../src/gossip/evidenceStream.ts";
import { LogTally } from "../../src/watchfloor/logTally.ts";
import { testItem } from "../gossip/testEvidence.ts";
import { originMs, TestCoalition } from "./testCoalition.ts";
import { trusting } from "./testTallyRules.ts";

describe("LogTally", () => {
  let coalition: TestCoalition;
  before(async () => (coalition = await TestCoalition.create()));
  after(() => coalition.close());

  it("has of each window what adding up its entries anew gives", () => {
    const segment = fc.record({
      start: fc.integer({ min: 0, max: 70 }),
      hours: fc.integer({ min: 4, max: 24 }),
      flops: fc.bigInt({ min: 0n, max: 10n ** 20n }),
      flags: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 20 }), (segments) => {
        const entries = segments.map(({ start, hours, flops, flags }, number) => {
          const startMs = originMs + start * DAY_MS;
          const times = { number: number + 1, startMs, endMs: startMs + hours * (DAY_MS / 24) };
          return testItem(coalition.networkId, coalition.origin, { ...times, flops, flags }).entry;
        });
        const tally = new LogTally(coalition.genesis, trusting);
        for (const entry of entries) tally.add(entry);

        for (const found of tally.windows()) {
          assert.deepEqual(found.window, alertWindow(coalition.genesis, found.window.startMs));
          const counting = entries
            .slice(found.from, found.to)
            .map((entry) => contributionOf(decodeEntry(entry), found.window));
          const sum = counting.reduce<Tally | undefined>(
            (before, part) => (part ? addContribution(before, part) : before),
            undefined,
          );
          assert.deepEqual(found.tally, sum);
          assert.ok(counting.at(0) && counting.at(-1));
        }
      }),
    );
  });

  it("counts a segment once however often its log's owner wrote it", () => {
    const times = { number: 1, startMs: originMs, endMs: originMs + 1 };
    const { entry } = testItem(coalition.networkId, coalition.origin, { ...times, flops: 5n });
    const tally = new LogTally(coalition.genesis, trusting);
    for (let i = 0; i < 3; i++) tally.add(entry);

    assert.deepEqual(
      tally.windows().map(({ from, to, tally: { flopsLeast } }) => ({ from, to, flopsLeast })),
      [{ from: 0, to: 1, flopsLeast: 5n }],
    );
  });

  it("credits a segment that lies across two windows to the one that it ends in", () => {
    const tally = new LogTally(coalition.genesis, trusting);
    for (let day = 0; day < 40; day++) {
      const startMs = originMs + (day - 0.5) * DAY_MS;
      const times = { number: day + 1, startMs, endMs: startMs + DAY_MS };
      tally.add(testItem(coalition.networkId, coalition.origin, { ...times, flops: 1n }).entry);
    }

    assert.deepEqual(
      tally.windows().map(({ count, tally: { flopsLeast } }) => [count, flopsLeast]),
      [
        [30, 30n],
        [10, 10n],
      ],
    );
  });

  it("gives bytes that are no entry their place and no weight", () => {
    const tally = new LogTally(coalition.genesis, trusting);
    tally.add(new Uint8Array(20));
    const startMs = originMs;
    tally.add(
      testItem(coalition.networkId, coalition.origin, { number: 1, startMs, endMs: startMs + 1, flops: 5n })
        .entry,
    );

    assert.deepEqual(
      tally.windows().map(({ from, to, count }) => ({ from, to, count })),
      [{ from: 1, to: 2, count: 1 }],
    );
  });

  it("goes on over any number of entries that count for nothing", function () {
    this.timeout(60_000); // So many are decoded.
    const dayOf = (day: number): Uint8Array => {
      const startMs = originMs + day * DAY_MS;
      const times = { number: day + 1, startMs, endMs: startMs + DAY_MS };
      return testItem(coalition.networkId, coalition.origin, { ...times, flops: 1n }).entry;
    };
    const tally = new LogTally(coalition.genesis, trusting);
    const pad = (count: number): void => {
      for (let i = 0; i < count; i++) tally.add(new Uint8Array(1));
    };
    tally.add(dayOf(0));
    pad(60_000);
    tally.add(dayOf(1));
    assert.deepEqual(
      tally.windows().map(({ from, to, count }) => [from, to, count]),
      [[0, 60_002, 2]],
    );
    pad(MAX_RANGE);
    for (const day of [2, 3, 4]) tally.add(dayOf(day));

    const [found] = tally.windows();

    assert.deepEqual([found?.from, found?.count], [MAX_RANGE + 60_002, 3]);
    assert.ok(found && found.to - found.from <= MAX_RANGE);
    assert.equal(found.tally.observed.endMs - found.tally.observed.startMs, 3 * DAY_MS);
  });
});
