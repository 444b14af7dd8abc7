import assert from "node:assert/strict";
import type { NoticeId, SiteId } from "../../src/ids.ts";
import {
  declaredIntervals,
  isDeclared,
  noticeRequest,
  type NoticeStatus,
  noticeStatuses,
} from "../../src/ledger/notice.ts";

const site = "bern-1" as SiteId;
const filed = {
  noticeId: "01J0000000000000000000000A" as NoticeId,
  rev: 1,
  status: "filed" as NoticeStatus,
  facilities: [site],
  changedMs: 10,
  plannedStartMs: 1_000,
  plannedEndMs: 2_000,
};

const request = {
  noticeId: "01J0000000000000000000000A",
  operatorId: "alpine",
  developer: "Alpine Labs",
  model: { family: "edel", name: "edel-1", parameters: "70000000000" },
  compute: { incrementalFlop: "2", cumulativeFlop: "3" },
  facilities: ["bern-1"],
  hardware: [{ model: "H100", count: 8 }],
  attestation: "segment",
  plannedStartMs: 1_000,
  plannedEndMs: 2_000,
};

describe("declared intervals", () => {
  const isOpen: { readonly [S in NoticeStatus]: boolean } = {
    filed: true,
    started: true,
    completed: false,
    withdrawn: false,
  };
  for (const status of noticeStatuses) {
    it(`${isOpen[status] ? "hold the plan of" : "are empty for"} a ${status} notice`, () => {
      const expected = isOpen[status] ? [{ startMs: 1_000, endMs: 2_000 }] : [];
      assert.deepEqual(declaredIntervals([{ ...filed, status }], site), expected);
    });
  }

  it("are of the named facilities only", () => assert.deepEqual(declaredIntervals([filed], "bern-2"), []));

  it("do not reach back before the filing, wherever the planned start is", () => {
    assert.deepEqual(declaredIntervals([{ ...filed, changedMs: 1_600 }], site), [
      { startMs: 1_600, endMs: 2_000 },
    ]);
  });

  it("do not reach back before an amendment that brings the start forward", () => {
    const planned = { ...filed, plannedStartMs: 9_000, plannedEndMs: 9_900 };
    const amended = { ...filed, rev: 2, changedMs: 1_500 };
    assert.deepEqual(declaredIntervals([amended, planned], site), [{ startMs: 1_500, endMs: 2_000 }]);
  });

  it("keep what was declared when the notice is completed or withdrawn later", () => {
    for (const status of ["completed", "withdrawn"] as const) {
      const ended = { ...filed, rev: 2, status, changedMs: 1_700 };
      assert.deepEqual(declaredIntervals([filed, ended], site), [{ startMs: 1_000, endMs: 1_700 }]);
    }
  });

  it("are of each notice by itself", () => {
    const other = {
      ...filed,
      noticeId: "01J0000000000000000000000B" as NoticeId,
      rev: 2,
      status: "withdrawn" as const,
      changedMs: 50,
    };
    assert.deepEqual(declaredIntervals([filed, other], site), [{ startMs: 1_000, endMs: 2_000 }]);
  });

  it("declare work that they hold in part, and none beside them", () => {
    const declared = [{ startMs: 1_000, endMs: 2_000 }];
    const cases = [
      [900, 1_000, false],
      [900, 1_001, true],
      [1_999, 2_100, true],
      [2_000, 2_100, false],
    ] as const;
    for (const [startMs, endMs, expected] of cases)
      assert.equal(isDeclared({ startMs, endMs }, declared), expected);
  });
});

describe("noticeRequest", () => {
  it("accepts a filing with and without a source", () => {
    assert.deepEqual(noticeRequest(request), request);
    assert.equal(noticeRequest({ ...request, source: "https://example.org" }).source, "https://example.org");
  });

  for (const [name, spoilt] of Object.entries({
    "an unknown field": { more: 1 },
    "a missing field": { hardware: undefined },
    "an id that is no ULID": { noticeId: "notice-1" },
    "no facility": { facilities: [] },
    "too many facilities": { facilities: Array.from({ length: 17 }, (_, n) => `site-${n}`) },
    "compute as a number": { compute: { incrementalFlop: 2, cumulativeFlop: 3 } },
    "compute with a leading zero": { compute: { incrementalFlop: "02", cumulativeFlop: "3" } },
    "a developer of spaces": { developer: " " },
    "a developer with a line break": { developer: "a\nb" },
    "a long developer": { developer: "x".repeat(121) },
    "a time beyond thirteen digits": { plannedEndMs: 10_000_000_000_000 },
    "an unknown attestation": { attestation: "promise" },
  })) {
    it(`refuses ${name}`, () => {
      assert.throws(() => noticeRequest({ ...request, ...spoilt }), { code: "DOCUMENT_INVALID" });
    });
  }
});
