import assert from "node:assert/strict";
import { DAY_MS, type NoticeDocument } from "@comity/protocol";
import { foundWithSite, identity, noticeOf, ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import { refused, type TestLedger } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");
const node = identity("jp", "node");
const first = ORIGIN_MS / 300_000;

async function close(ledger: TestLedger, bucket: number): Promise<void> {
  await ledger.submit(node, "coalition:CloseBucket", String(bucket));
}

async function file(ledger: TestLedger, id: string): Promise<NoticeDocument> {
  const start = ORIGIN_MS + 400 * DAY_MS;
  const notice = noticeOf({ noticeId: ulid(id), plannedStartMs: start, plannedEndMs: start + DAY_MS });
  return (await ledger.submit(officer, "notice:File", notice)) as NoticeDocument;
}

describe("Time on the ledger", () => {
  it("is the transaction's, scaled as genesis says and then at walking pace", async () => {
    const { ledger } = await foundWithSite();
    ledger.nowMs = ORIGIN_MS + 1_500;
    assert.equal((await file(ledger, "B")).filedMs, ORIGIN_MS + 1.5 * DAY_MS);

    ledger.nowMs = ORIGIN_MS + 180_000 + 7;
    assert.equal((await file(ledger, "C")).filedMs, ORIGIN_MS + 180 * DAY_MS + 7);
  });

  it("has a filing read its bucket, so that closing the bucket kills what was held back", async () => {
    const { ledger } = await foundWithSite();
    const held = await ledger.endorse(officer, "notice:File", noticeOf());

    ledger.nowMs = ORIGIN_MS + 300_000 + 120_000;
    await close(ledger, first);

    assert.ok(held.reads.includes(`closed!${first}`));
    assert.ok(ledger.last.writes.has(`closed!${first}`));
  });

  it("closes buckets oldest first, each once", async () => {
    const { ledger } = await foundWithSite();
    ledger.nowMs = ORIGIN_MS + 3_000_000;

    await refused(ledger.submit(node, "coalition:CloseBucket", String(first + 1)), "BUCKET_ORDER");
    await close(ledger, first);
    await close(ledger, first);
    assert.equal(ledger.last.writes.size, 0);
    await close(ledger, first + 1);

    const closed = ledger.events.filter(({ type }) => type === "bucket-closed").map(({ subject }) => subject);
    assert.deepEqual(closed, [String(first), String(first + 1)]);
  });

  it("marks a filing as degraded while the bucket three back is open", async () => {
    const { ledger } = await foundWithSite();
    ledger.nowMs = ORIGIN_MS + 899_999;
    assert.equal((await file(ledger, "B")).degraded, false, "there is no bucket three back yet");

    ledger.nowMs = ORIGIN_MS + 900_000;
    assert.equal((await file(ledger, "C")).degraded, true);

    await close(ledger, first);
    assert.equal((await file(ledger, "D")).degraded, false);
  });
});
