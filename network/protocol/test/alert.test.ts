import assert from "node:assert/strict";
import {
  addContribution,
  alertStatement,
  type AlertStatement,
  alertWindow,
  contributionOf,
  CountedSegments,
  DAY_MS,
  decodeEntry,
  encodeEntry,
  EntryFlag,
  evidenceProblem,
  projectedFlop,
  ruleFires,
  statementProblem,
  type Tally,
} from "../src/index.ts";
import { genesis, makeBundle, ORIGIN_MS, segmentOf } from "./fixture.ts";

const bundle = makeBundle();
const { statement } = bundle;
const window = alertWindow(genesis, ORIGIN_MS);
const entryOf = (day: number, flags = 0): ReturnType<typeof decodeEntry> =>
  decodeEntry(encodeEntry({ receivedMs: 1, flags, segment: segmentOf("host-a", day).segment }));
const tally: Tally = { observed: statement.observed, flopsLeast: BigInt(statement.flopAtLeast) };

describe("alert windows", () => {
  it("lie on a grid of 30 days from the origin", () => {
    assert.deepEqual(alertWindow(genesis, ORIGIN_MS + 31 * DAY_MS), {
      startMs: ORIGIN_MS + 30 * DAY_MS,
      endMs: ORIGIN_MS + 60 * DAY_MS,
    });
  });
});

describe("evidence", () => {
  it("counts in the window that it ends in only", () => {
    assert.equal(contributionOf(entryOf(29), window)?.endMs, window.endMs);
    assert.equal(contributionOf(entryOf(30), window), undefined);
  });

  it("counts in just one window where it lies across two", () => {
    const across = entryOf(29.5);
    const next = alertWindow(genesis, across.segment.endMs - 1);

    assert.equal(contributionOf(across, window), undefined);
    assert.equal(contributionOf(across, next)?.startMs, next.startMs - DAY_MS / 2);
  });

  it("does not count with a stale nonce, but does when late", () => {
    assert.equal(contributionOf(entryOf(0, EntryFlag.staleNonce), window), undefined);
    assert.ok(contributionOf(entryOf(0, EntryFlag.late), window));
  });

  it("counts a segment of a host once, and none after a later one", () => {
    const counted = new CountedSegments();
    const [first, second] = [entryOf(0).segment, entryOf(1).segment];
    assert.deepEqual(
      [first, first, second, first].map((segment) => counted.take(segment)),
      [true, false, true, false],
    );
  });

  it("adds up whatever the order", () => {
    const [a, b] = [0, 5].map((day) => contributionOf(entryOf(day), window));
    assert.ok(a && b);
    assert.deepEqual(
      addContribution(addContribution(undefined, a), b),
      addContribution(addContribution(undefined, b), a),
    );
  });
});

describe("the rule", () => {
  const threshold = BigInt(genesis.rulebook["reportingThresholdFlop"] ?? "0");
  const days = (count: number): { startMs: number; endMs: number } => ({
    startMs: ORIGIN_MS,
    endMs: ORIGIN_MS + count * DAY_MS,
  });

  it("projects the observed rate over 90 days", () =>
    assert.equal(projectedFlop(genesis, 30n, days(3)), 930n));

  it("does not fire at exactly the threshold, and fires one FLOP above it", () => {
    const observed = days(90);
    assert.equal(ruleFires(genesis, threshold / 2n, observed), false);
    assert.equal(ruleFires(genesis, threshold / 2n + 1n, observed), true);
  });

  it("does not fire before the least observation", () =>
    assert.equal(ruleFires(genesis, threshold, { ...days(3), endMs: ORIGIN_MS + 3 * DAY_MS - 1 }), false));
  it("does not fire on an empty interval", () => assert.equal(ruleFires(genesis, threshold, days(0)), false));
});

describe("alert statements", () => {
  const problem = (change: Partial<AlertStatement>): string | undefined =>
    statementProblem(genesis, { ...statement, ...change });

  it("have no problem when they follow from their evidence", () => {
    assert.equal(evidenceProblem(genesis, statement, tally), undefined);
    assert.deepEqual(alertStatement(genesis, statement, tally), statement);
  });

  it("may claim less than the evidence shows, never one FLOP more", () => {
    assert.equal(
      evidenceProblem(genesis, statement, { ...tally, flopsLeast: tally.flopsLeast + 1n }),
      undefined,
    );
    assert.equal(
      evidenceProblem(genesis, statement, { ...tally, flopsLeast: tally.flopsLeast - 1n }),
      "ALERT_BOUND",
    );
  });

  it("are refused off the grid", () =>
    assert.equal(problem({ window: { ...window, startMs: window.startMs + 1 } }), "ALERT_WINDOW"));
  it("are refused with an empty range, or one past the tree", () => {
    assert.equal(problem({ entries: { from: 2, to: 2 } }), "ALERT_RANGE");
    assert.equal(problem({ entries: { from: 0, to: statement.log.size + 1 } }), "ALERT_RANGE");
  });
  it("are refused with an observation outside of the window or of the evidence", () => {
    const from = window.startMs - DAY_MS;
    const early = { startMs: from - 1, endMs: statement.observed.endMs };
    const late = { startMs: statement.observed.startMs, endMs: window.endMs + 1 };
    for (const observed of [early, late]) assert.equal(problem({ observed }), "ALERT_OBSERVED");
    assert.equal(evidenceProblem(genesis, statement, { ...tally, observed: window }), "ALERT_OBSERVED");
    assert.equal(evidenceProblem(genesis, statement, undefined), "ALERT_OBSERVED");
  });
  it("are refused when the rule does not fire on their figures", () =>
    assert.equal(problem({ flopAtLeast: "1" }), "ALERT_RULE"));
  it("are refused with another projection than their figures give", () =>
    assert.equal(problem({ projectedFlop: `${statement.projectedFlop}0` }), "ALERT_PROJECTION"));
});
