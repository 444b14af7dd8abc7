import assert from "node:assert/strict";
import {
  DAY_MS,
  noticeDocument,
  type NoticeDocument,
  type NoticeStatus,
  type OperatorDocument,
} from "@comity/protocol";
import fc from "fast-check";
import { LedgerError } from "../../src/ledger/ledgerError.ts";
import {
  amendNotice,
  completeNotice,
  fileNotice,
  type NoticeAction,
  type NoticeCircumstances,
  noticeTransitions,
  startNotice,
  withdrawNotice,
} from "../../src/notice/noticeRules.ts";
import { genesisOf, noticeOf, ORIGIN_MS } from "../fixture/coalition.ts";

const operator = { operatorId: "alpine", sites: ["bern-1"] } as unknown as OperatorDocument;

const at = (policyMs: number): NoticeCircumstances => {
  return { genesis: genesisOf(), operator, time: { realMs: policyMs, policyMs, isDegraded: false } };
};

const actions: {
  readonly [A in NoticeAction]: (
    notice: NoticeDocument,
    when: NoticeCircumstances,
    salt: number,
  ) => NoticeDocument | undefined;
} = {
  amend: (notice, when, salt) => amendNotice(notice, { developer: `Developer ${salt}` }, when),
  withdraw: (notice, when) => withdrawNotice(notice, "cancelled", when),
  start: startNotice,
  complete: completeNotice,
};

const step = fc.record({
  action: fc.constantFrom(...(Object.keys(actions) as NoticeAction[])),
  afterDays: fc.integer({ min: 0, max: 30 }),
  salt: fc.integer({ min: 0, max: 3 }),
});

describe("The notice's states", () => {
  it("are left only as the table says, by any order of actions, and every revision is a valid document", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let now = ORIGIN_MS;
        let notice = fileNotice(noticeOf(), at(now));
        for (const { action, afterDays, salt } of steps) {
          now += afterDays * DAY_MS;
          const before = notice;
          try {
            notice = actions[action](before, at(now), salt) ?? before;
          } catch (error) {
            assert.ok(error instanceof LedgerError);
            continue;
          }
          if (notice === before) continue;
          assert.equal(notice.status, noticeTransitions[before.status][action]);
          assert.equal(notice.rev, before.rev + 1);
          assert.equal(notice.filedMs, before.filedMs);
          assert.equal(notice.changedMs, now);
          assert.deepEqual(noticeDocument(notice), notice);
        }
      }),
    );
  });

  it("never start before the planned start, nor leave a terminal one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * DAY_MS }), (elapsed) => {
        const notice = fileNotice(noticeOf(), at(ORIGIN_MS));
        const now = ORIGIN_MS + elapsed;
        const mayStart = now >= notice.plannedStartMs && now <= notice.plannedEndMs;
        if (mayStart) assert.equal(startNotice(notice, at(now)).status, "started");
        else assert.throws(() => startNotice(notice, at(now)), LedgerError);
      }),
    );
    const terminal: NoticeStatus[] = ["completed", "withdrawn"];
    for (const status of terminal) assert.deepEqual(noticeTransitions[status], {});
  });

  it("are late exactly where the start comes less than fourteen days after the notice", () => {
    fc.assert(
      fc.property(fc.integer({ min: -30 * DAY_MS, max: 30 * DAY_MS }), (leadMs) => {
        const request = noticeOf({ plannedStartMs: ORIGIN_MS + leadMs });
        const { late, penalty } = fileNotice(request, at(ORIGIN_MS));
        assert.equal(late, leadMs < 14 * DAY_MS);
        assert.equal(penalty !== null, late);
      }),
    );
  });
});
