import assert from "node:assert/strict";
import {
  canonicalString,
  DAY_MS,
  type NoticeDocument,
  noticeDocument,
  page,
  sha256,
  toHex,
  utf8,
} from "@comity/protocol";
import {
  foundWithSite,
  identity,
  noticeOf,
  operatorIdentity,
  ORIGIN_MS,
  site,
  ulid,
} from "../fixture/coalition.ts";
import { type TestLedger } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");
const alpine = operatorIdentity("ch", "alpine");

async function read(ledger: TestLedger, noticeId = ulid("A")): Promise<NoticeDocument> {
  return noticeDocument(await ledger.evaluate(identity("jp", "gateway"), "notice:Read", noticeId));
}

describe("notice:File", () => {
  it("stores what the statute asks for, with the threshold in force", async () => {
    const { ledger } = await foundWithSite();

    await ledger.submit(alpine, "notice:File", noticeOf());

    assert.deepEqual(await read(ledger), {
      ...{
        schemaVersion: 1,
        rev: 1,
        ...noticeOf(),
        status: "filed",
        late: false,
        penalty: null,
        degraded: false,
      },
      ...{ filedMs: ORIGIN_MS, changedMs: ORIGIN_MS, noticedMs: ORIGIN_MS, threshold: `1${"0".repeat(24)}` },
    });
  });

  it("sets one event that names the notice and the hash of what was stored", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(officer, "notice:File", noticeOf());

    const hash = toHex(sha256(utf8(canonicalString(await read(ledger)))));

    assert.deepEqual(ledger.events.at(-1), { type: "notice-filed", subject: ulid("A"), rev: 1, hash });
  });

  it("costs at most ten calls to the peer, however many facilities it names", async () => {
    const { ledger } = await foundWithSite();
    const facilities = ["bern-1"];
    for (let number = 2; number <= 16; number++) {
      facilities.push(`bern-${number}`);
      await ledger.submit(officer, "facility:RegisterSite", site(`bern-${number}`));
    }
    ledger.nowMs = ORIGIN_MS + 1_000_000;

    await ledger.submit(alpine, "notice:File", noticeOf({ facilities }));

    assert.ok(ledger.last.calls <= 10, `${ledger.last.calls} calls`);
  });

  it("needs more than the threshold: one FLOP more will do", async () => {
    const { ledger } = await foundWithSite();
    const compute = { incrementalFlop: "1", cumulativeFlop: "1000000000000000000000001" };
    await ledger.submit(alpine, "notice:File", noticeOf({ compute }));
    assert.equal((await read(ledger)).status, "filed");
  });

  const lead = 14 * DAY_MS;
  for (const [name, plannedStartMs, late] of [
    ["fourteen days before the start is in time", ORIGIN_MS + lead, false],
    ["a millisecond later is late", ORIGIN_MS + lead - 1, true],
    ["after the start is late", ORIGIN_MS - DAY_MS, true],
  ] as const) {
    it(`accepts it all the same: ${name}`, async () => {
      const { ledger } = await foundWithSite();
      await ledger.submit(alpine, "notice:File", noticeOf({ plannedStartMs }));
      const stored = await read(ledger);
      assert.equal(stored.late, late);
      const ceiling = { floorMinor: "25000000000", turnoverBasisPoints: 200, currency: "USD" };
      assert.deepEqual(stored.penalty, late ? ceiling : null);
    });
  }

  it("takes the same filing again for a repeat, even once the notice has moved on", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(alpine, "notice:File", noticeOf());
    await ledger.submit(alpine, "notice:Amend", ulid("A"), { developer: "Another" });

    const answer = noticeDocument(await ledger.submit(officer, "notice:File", noticeOf()));

    assert.equal(answer.developer, "Another");
    assert.equal(ledger.last.writes.size, 0);
    assert.equal(ledger.last.events.length, 0);
  });
});

describe("A notice", () => {
  it("keeps every revision", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(alpine, "notice:File", noticeOf());
    ledger.nowMs += 1_000;
    await ledger.submit(alpine, "notice:Amend", ulid("A"), { developer: "Another" });
    await ledger.submit(alpine, "notice:Withdraw", ulid("A"), "cancelled");

    const revisions = [1, 2, 3].map((rev) =>
      ledger.evaluate(officer, "notice:ReadRevision", ulid("A"), String(rev)),
    );
    const [first, second, third] = (await Promise.all(revisions)).map((revision) => noticeDocument(revision));

    assert.deepEqual([first?.developer, first?.status], ["Alpine Labs", "filed"]);
    assert.deepEqual([second?.developer, second?.changedMs], ["Another", ORIGIN_MS + DAY_MS]);
    assert.deepEqual([third?.status, third?.reason, third?.rev], ["withdrawn", "cancelled", 3]);
    const types = ledger.events.map(({ type }) => type).slice(-3);
    assert.deepEqual(types, ["notice-filed", "notice-amended", "notice-withdrawn"]);
  });

  it("runs from its planned start to its completion", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(alpine, "notice:File", noticeOf());
    ledger.nowMs = ORIGIN_MS + 20_000;
    await ledger.submit(alpine, "notice:Start", ulid("A"));
    await ledger.submit(alpine, "notice:Start", ulid("A"));
    assert.equal(ledger.last.writes.size, 0, "to start again changes nothing");
    await ledger.submit(alpine, "notice:Amend", ulid("A"), { plannedEndMs: ORIGIN_MS + 100 * DAY_MS });
    ledger.nowMs = ORIGIN_MS + 90_000;
    await ledger.submit(alpine, "notice:Complete", ulid("A"));
    await ledger.submit(alpine, "notice:Complete", ulid("A"));
    assert.equal(ledger.last.writes.size, 0, "to complete again changes nothing");
    assert.equal((await read(ledger)).status, "completed");
    assert.equal((await read(ledger)).late, false);
  });

  it("counts the lead time of a larger run from the amendment that made it larger", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(officer, "facility:RegisterSite", site("bern-2"));
    await ledger.submit(alpine, "notice:File", noticeOf());
    ledger.nowMs = ORIGIN_MS + 10_000;

    await ledger.submit(alpine, "notice:Amend", ulid("A"), { hardware: [{ model: "H200", count: 8 }] });
    assert.equal((await read(ledger)).late, false, "other hardware for the same compute is not more");
    await ledger.submit(alpine, "notice:Amend", ulid("A"), { facilities: ["bern-1", "bern-2"] });
    assert.equal((await read(ledger)).late, true);
    assert.equal((await read(ledger)).noticedMs, ORIGIN_MS + 10 * DAY_MS);

    const postponed = { plannedStartMs: ORIGIN_MS + 24 * DAY_MS };
    await ledger.submit(alpine, "notice:Amend", ulid("A"), postponed);
    assert.equal((await read(ledger)).late, false, "postponed, it is in time again");
    assert.equal((await read(ledger)).penalty, null);
  });

  it("is not changed by an amendment that says what it says already", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(alpine, "notice:File", noticeOf());
    await ledger.submit(alpine, "notice:Amend", ulid("A"), { developer: "Alpine Labs" });
    assert.equal(ledger.last.writes.size, 0);
  });

  it("is listed in the order of filing, page by page", async () => {
    const { ledger } = await foundWithSite();
    for (const id of ["C", "A", "B"]) {
      await ledger.submit(alpine, "notice:File", noticeOf({ noticeId: ulid(id) }));
      ledger.nowMs += 1;
    }

    const first = page(noticeDocument)(await ledger.evaluate(officer, "notice:List", "2", ""));
    const second = page(noticeDocument)(await ledger.evaluate(officer, "notice:List", "2", first.bookmark));

    const ids = [...first.items, ...second.items].map(({ noticeId }) => noticeId);
    assert.deepEqual(ids, [ulid("C"), ulid("A"), ulid("B")]);
    assert.equal(second.bookmark, "");
  });
});

describe("notice:PenaltyCeiling", () => {
  it("answers with the floor, or two per cent of turnover rounded up", async () => {
    const { ledger } = await foundWithSite();
    const ceilings = ["0", "1250000000000", "1250000000001"].map((turnover) =>
      ledger.evaluate(officer, "notice:PenaltyCeiling", turnover),
    );
    assert.deepEqual(await Promise.all(ceilings), [
      { amountMinor: "25000000000", currency: "USD" },
      { amountMinor: "25000000000", currency: "USD" },
      { amountMinor: "25000000001", currency: "USD" },
    ]);
  });
});
