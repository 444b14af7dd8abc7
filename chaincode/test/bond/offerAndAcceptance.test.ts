import assert from "node:assert/strict";
import { bondDocument, canonicalString, page, sha256, toHex, utf8 } from "@comity/protocol";
import { alpine, inForce, insurable, offer, offered, readBond, surety, toDay } from "../fixture/bonds.ts";
import { identity, ORIGIN_MS, ulid } from "../fixture/coalition.ts";

const officer = identity("ch", "officer");

describe("bond:Post", () => {
  it("stores an offer that binds nobody yet", async () => {
    const { ledger } = await offered();

    const bond = await readBond(ledger);

    assert.deepEqual(bond, {
      ...offer,
      ...{ schemaVersion: 1, rev: 1, memberId: "ch", status: "posted" },
      ...{ encumberedMinor: "0", forfeitedMinor: "0", releasedMinor: "0" },
      ...{ openTriggers: [], judgedThrough: 0, forfeitures: 0 },
      ...{ postedMs: ORIGIN_MS, acceptedMs: null, changedMs: ORIGIN_MS },
    });
  });

  it("takes the same offer again for a repeat, even once it was accepted", async () => {
    const { ledger } = await inForce();

    const answer = bondDocument(await ledger.submit(officer, "bond:Post", offer));

    assert.equal(answer.status, "active");
    assert.equal(ledger.last.writes.size, 0);
  });

  it("costs at most ten calls to the peer, and so does its acceptance", async () => {
    const founded = await insurable();
    const { ledger } = founded;
    ledger.nowMs = ORIGIN_MS + 1_000_000;

    await ledger.submit(alpine, "bond:Post", offer);
    assert.ok(ledger.last.calls <= 10, `${ledger.last.calls} calls`);

    await ledger.submit(surety, "bond:Accept", offer.bondId, "1");
    assert.ok(ledger.last.calls <= 10, `${ledger.last.calls} calls`);
  });
});

describe("bond:Accept", () => {
  it("puts the bond in force once, by the surety's own transaction", async () => {
    const founded = await offered();
    const { ledger } = founded;
    toDay(founded, 1);

    await ledger.submit(surety, "bond:Accept", offer.bondId, "1");
    await ledger.submit(surety, "bond:Accept", offer.bondId, "1");

    assert.equal(ledger.last.writes.size, 0);
    const bond = await readBond(ledger);
    assert.deepEqual([bond.status, bond.rev, bond.acceptedMs], ["active", 2, ORIGIN_MS + 86_400_000]);
    const hash = toHex(sha256(utf8(canonicalString(bond))));
    assert.deepEqual(ledger.events.at(-1), { type: "bond-accepted", subject: offer.bondId, rev: 2, hash });
  });
});

describe("A bond", () => {
  it("keeps every revision, and is listed in the order of posting", async () => {
    const founded = await inForce();
    const { ledger } = founded;
    toDay(founded, 1);
    const other = { ...offer, bondId: ulid("C") };
    await ledger.submit(alpine, "bond:Post", other);

    const revisions = [1, 2].map((rev) =>
      ledger.evaluate(surety, "bond:ReadRevision", offer.bondId, String(rev)),
    );
    const listed = page(bondDocument)(await ledger.evaluate(surety, "bond:List", "10", ""));

    const statuses = (await Promise.all(revisions)).map((revision) => bondDocument(revision).status);
    assert.deepEqual(statuses, ["posted", "active"]);
    assert.deepEqual(
      listed.items.map(({ bondId }) => bondId),
      [offer.bondId, other.bondId],
    );
  });
});
