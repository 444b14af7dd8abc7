import assert from "node:assert/strict";
import {
  openingDocument,
  page,
  tipGatewayDocument,
  tipHourEndMs,
  tipHourOf,
  tipHourView,
  tipOfficerDocument,
  tipRootBucket,
} from "@comity/protocol";
import { type Founded, found, identity, ORIGIN_MS } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";
import {
  cellHash,
  foundWithOfficers,
  foundWithRequest,
  gatewayOf,
  officerOf,
  passedShare,
  rootOf,
  sealingKey,
} from "./tipKeys.ts";

const officer = (memberId: string) => identity(memberId, "officer");
const gateway = identity("ch", "gateway");
const reader = identity("no", "inspector");
const openingId = `${cellHash}.ch`;
const approval = { openingId, reason: "we saw the same", passedShare: passedShare(7) };

describe("bounty:RegisterOfficer", () => {
  it("keeps one key a member, and lists them", async () => {
    const { ledger } = await foundWithOfficers();

    const listed = page(tipOfficerDocument)(await ledger.evaluate(reader, "bounty:ListOfficers", "100", ""));

    assert.deepEqual(
      listed.items.map(({ memberId, sealingKey: key }) => [memberId, key]),
      [
        ["ch", sealingKey(1)],
        ["jp", sealingKey(2)],
        ["ke", sealingKey(3)],
      ],
    );
  });

  it("changes nothing when repeated, and takes another key in place of one that is lost", async () => {
    const founded = await foundWithOfficers();
    const { ledger } = founded;

    await ledger.submit(officer("ch"), "bounty:RegisterOfficer", officerOf(founded, "ch", 1));
    assert.equal(ledger.last.writes.size, 0);

    const next = await ledger.submit(officer("ch"), "bounty:RegisterOfficer", officerOf(founded, "ch", 9));
    assert.equal(tipOfficerDocument(next).rev, 2);
    const listed = page(tipOfficerDocument)(await ledger.evaluate(reader, "bounty:ListOfficers", "100", ""));
    assert.equal(listed.items.length, 3);
  });
});

describe("A key for tips", () => {
  it("is registered by its own member's officer or gateway, and by nobody else", async () => {
    const founded = await found();
    const { ledger } = founded;
    const [key, receiptKey] = [officerOf(founded, "ch"), gatewayOf(founded, "ch")];

    await refused(ledger.submit(officer("jp"), "bounty:RegisterOfficer", key), "CALLER_RELATION");
    await refused(ledger.submit(gateway, "bounty:RegisterOfficer", key), "CALLER_ROLE");
    const other = identity("jp", "gateway");
    await refused(ledger.submit(other, "bounty:RegisterGateway", receiptKey), "CALLER_RELATION");
    await refused(ledger.submit(officer("ch"), "bounty:RegisterGateway", receiptKey), "CALLER_ROLE");
    await refused(ledger.submit(officer("ch"), "bounty:FileRoot", rootOf(1)), "CALLER_ROLE");
  });
});

describe("bounty:RegisterGateway", () => {
  it("keeps the key with which a member's gateway signs receipts", async () => {
    const founded = await found();

    await founded.ledger.submit(gateway, "bounty:RegisterGateway", gatewayOf(founded, "ch"));
    await founded.ledger.submit(gateway, "bounty:RegisterGateway", gatewayOf(founded, "ch"));
    assert.equal(founded.ledger.last.writes.size, 0);

    const answer = await founded.ledger.evaluate(reader, "bounty:ListGateways", "100", "");
    const [listed] = page(tipGatewayDocument)(answer).items;
    assert.deepEqual(listed, { schemaVersion: 1, rev: 1, ...gatewayOf(founded, "ch") });
  });
});

/** An hour that has just ended on the ledger's clock. */
async function hourEnded(): Promise<Founded & { tipHour: number }> {
  const founded = await found();
  const tipHour = tipHourOf(founded.genesis, ORIGIN_MS);
  founded.ledger.nowMs = tipHourEndMs(founded.genesis, tipHour);
  return { ...founded, tipHour };
}

async function readHour({ ledger, tipHour }: Founded & { tipHour: number }) {
  return tipHourView(await ledger.evaluate(reader, "bounty:ReadHour", "ch", String(tipHour)));
}

/** Closes buckets until that of the hour's root is closed. */
async function closeBucketOf({ ledger, genesis, tipHour }: Founded & { tipHour: number }): Promise<void> {
  const last = tipRootBucket(genesis, tipHour);
  const first = ORIGIN_MS / genesis.clock.bucketMs;
  ledger.nowMs = (last + 1) * genesis.clock.bucketMs + 120_000;
  for (let bucket = first; bucket <= last; bucket++) {
    await ledger.submit(identity("ch", "node"), "coalition:CloseBucket", String(bucket));
  }
}

describe("bounty:FileRoot", () => {
  it("takes one root for each hour and gateway, once the hour is over", async () => {
    const ended = await hourEnded();
    const { ledger, tipHour } = ended;

    await ledger.submit(gateway, "bounty:FileRoot", rootOf(tipHour));
    await ledger.submit(identity("jp", "gateway"), "bounty:FileRoot", rootOf(tipHour, "0b"));

    assert.deepEqual(await readHour(ended), {
      memberId: "ch",
      tipHour,
      root: "0a".repeat(32),
      closed: false,
    });
    assert.deepEqual(
      ledger.events.slice(-2).map(({ subject }) => subject),
      [`ch.${tipHour}`, `jp.${tipHour}`],
    );
  });

  it("takes a repeat for what it is, even after the bucket is closed", async () => {
    const ended = await hourEnded();
    const { ledger, tipHour } = ended;
    await ledger.submit(gateway, "bounty:FileRoot", rootOf(tipHour));
    await closeBucketOf(ended);

    await ledger.submit(gateway, "bounty:FileRoot", rootOf(tipHour));

    assert.equal(ledger.last.writes.size, 0);
    assert.deepEqual((await readHour(ended)).closed, true);
  });

  it("reads the key of its hour's bucket, so that a root which is held back fails at commit", async () => {
    const { ledger, genesis, tipHour } = await hourEnded();

    const { reads } = await ledger.endorse(gateway, "bounty:FileRoot", rootOf(tipHour));

    assert.ok(reads.includes(`closed!${tipRootBucket(genesis, tipHour)}`));
  });

  it("leaves for everybody to see that no root came in time", async () => {
    const ended = await hourEnded();
    await closeBucketOf(ended);

    await refused(ended.ledger.submit(gateway, "bounty:FileRoot", rootOf(ended.tipHour)), "TIP_HOUR_CLOSED");

    const { root, closed } = await readHour(ended);
    assert.deepEqual([root, closed], [null, true]);
  });
});

describe("An opening", () => {
  it("is asked for by one member's officer and approved by another's, and all of it is on the ledger", async () => {
    const { ledger } = await foundWithRequest();

    await ledger.submit(officer("ke"), "bounty:ApproveOpening", approval);
    await ledger.submit(officer("jp"), "bounty:ApproveOpening", { ...approval, reason: "we agree" });

    const opening = openingDocument(await ledger.evaluate(reader, "bounty:ReadOpening", openingId));
    assert.deepEqual(
      [opening.status, opening.requestedBy, opening.reason, opening.sealingKey],
      ["approved", "ch", "a credible tip about bern-1", sealingKey(1)],
    );
    assert.deepEqual(
      opening.approvals.map(({ memberId, reason }) => [memberId, reason]),
      [
        ["ke", "we saw the same"],
        ["jp", "we agree"],
      ],
    );
    const listed = page(openingDocument)(await ledger.evaluate(reader, "bounty:ListOpenings", "10", ""));
    assert.deepEqual(listed.items, [opening]);
    assert.deepEqual(ledger.events.at(-1)?.subject, openingId);
  });

  it("is not approved by a second officer of the member that asked", async () => {
    const { ledger } = await foundWithRequest();
    const second = identity("ch", "officer", { name: "another officer" });

    await refused(ledger.submit(second, "bounty:ApproveOpening", approval), "OPENING_MEMBER");

    const opening = openingDocument(await ledger.evaluate(reader, "bounty:ReadOpening", openingId));
    assert.deepEqual([opening.status, opening.approvals], ["requested", []]);
  });

  it("changes nothing when request or approval is repeated", async () => {
    const { ledger } = await foundWithRequest();
    const request = { cellHash, reason: "a credible tip about bern-1" };
    await ledger.submit(officer("ke"), "bounty:ApproveOpening", approval);

    for (const [who, transaction, document] of [
      ["ch", "bounty:RequestOpening", request],
      ["ke", "bounty:ApproveOpening", approval],
    ] as const) {
      await ledger.submit(officer(who), transaction, document);
      assert.equal(ledger.last.writes.size, 0);
    }
  });
});

describe("A transaction about tips", () => {
  it("costs at most ten calls to the peer", async () => {
    const founded = await foundWithRequest();
    const { ledger } = founded;
    const tipHour = tipHourOf(founded.genesis, ORIGIN_MS);
    ledger.nowMs = tipHourEndMs(founded.genesis, tipHour);
    const transactions = [
      [officer("no"), "bounty:RegisterOfficer", officerOf(founded, "no")],
      [gateway, "bounty:RegisterGateway", gatewayOf(founded, "ch")],
      [gateway, "bounty:FileRoot", rootOf(tipHour)],
      [officer("jp"), "bounty:RequestOpening", { cellHash, reason: "another one" }],
      [officer("jp"), "bounty:ApproveOpening", approval],
    ] as const;

    for (const [who, transaction, document] of transactions) {
      await ledger.submit(who, transaction, document);
      assert.ok(ledger.last.calls <= 10, `${transaction}: ${ledger.last.calls} calls`);
      assert.ok(ledger.last.writes.size > 0);
    }
  });
});
