import assert from "node:assert/strict";
import { bondDocument, canonicalString, page, sha256, toHex, utf8 } from "@comity/protocol";
import {
  alpine,
  inForce,
  insurable,
  modelCheckpoint,
  offer,
  offered,
  PENAL_MINOR,
  readBond,
  register,
  running,
  surety,
  sweep,
  toDay,
} from "../fixture/bonds.ts";
import { type Founded, identity, ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

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

describe("bond:SweepDue", () => {
  it("lets a bond be while its model checkpoints come in time", async () => {
    const founded = await running();
    for (const [sequence, day] of [
      [1, 21],
      [2, 23],
    ] as const) {
      toDay(founded, day);
      await register(founded, sequence);
    }
    toDay(founded, 23.001);

    const { bond, opened } = await sweep(founded);

    assert.deepEqual([opened, bond.judgedThrough, bond.encumberedMinor], [[], 2, "0"]);
  });

  it("opens a trigger once the time to register is over, and not a millisecond before", async () => {
    const founded = await running();
    toDay(founded, 22);
    assert.deepEqual((await sweep(founded)).opened, []);
    assert.equal(founded.ledger.last.writes.size, 0);

    toDay(founded, 22.001);
    const { opened, bond } = await sweep(founded);

    assert.deepEqual(opened, [1]);
    const nowMs = ORIGIN_MS + 22.001 * 86_400_000;
    assert.deepEqual(bond.openTriggers, [
      {
        ground: "model-checkpoint-missing",
        ...{ noticeId: ulid("A"), sequence: 1, openedMs: nowMs, cureByMs: nowMs + 14 * 86_400_000 },
        amountMinor: "1250000000",
      },
    ]);
    assert.equal(bond.encumberedMinor, "1250000000");
    assert.equal(founded.ledger.events.at(-1)?.type, "bond-swept");
  });

  it("does nothing a second time, whoever asks", async () => {
    const founded = await running();
    toDay(founded, 23);
    await sweep(founded);

    for (const caller of [officer, surety, alpine, identity("ke", "node"), identity("no", "inspector")]) {
      assert.deepEqual((await sweep(founded, caller)).opened, []);
      assert.equal(founded.ledger.last.writes.size, 0);
    }
  });

  it("gives the encumbrance back where the model checkpoint came within the cure window", async () => {
    const founded = await running();
    toDay(founded, 22.5);
    await sweep(founded);
    toDay(founded, 36.5);
    await register(founded, 1);
    toDay(founded, 60);

    const { cured, bond } = await sweep(founded);

    assert.deepEqual(cured, [1]);
    assert.deepEqual([bond.forfeitedMinor, bond.forfeitures], ["0", 0]);
  });

  it("forfeits it where the model checkpoint came a millisecond later", async () => {
    const founded = await running();
    toDay(founded, 22.5);
    await sweep(founded);
    toDay(founded, 36.501);
    await register(founded, 1);

    const { forfeited, bond } = await sweep(founded);

    assert.deepEqual(forfeited, [1]);
    assert.deepEqual([bond.forfeitedMinor, bond.forfeitures], ["1250000000", 1]);
  });

  it("opens a trigger for one that was registered late, which the next sweep finds cured", async () => {
    const founded = await running();
    toDay(founded, 22.5);
    await register(founded, 1);

    const first = await sweep(founded);
    const second = await sweep(founded);

    assert.deepEqual([first.opened, second.cured], [[1], [1]]);
    assert.equal(second.bond.encumberedMinor, "0");
  });

  it("grows dearer by the schedule, rounded up, until nothing is left", async () => {
    const founded = await insurable();
    const { ledger } = founded;
    const penalMinor = (PENAL_MINOR + 1n).toString();
    await ledger.submit(alpine, "bond:Post", { ...offer, penalMinor });
    await ledger.submit(surety, "bond:Accept", offer.bondId, "1");
    toDay(founded, 20);
    await ledger.submit(alpine, "notice:Start", ulid("A"));
    await ledger.submit(alpine, "checkpoint:Declare", { noticeId: ulid("A"), cadenceHours: 24 });

    toDay(founded, 30);
    const amounts = (await sweep(founded)).bond.openTriggers.map(({ amountMinor }) => amountMinor);
    assert.deepEqual(amounts, [
      "1250000001",
      "2500000001",
      "6250000001",
      "6250000001",
      "6250000001",
      "2499999996",
    ]);

    toDay(founded, 44.001);
    const { bond } = await sweep(founded);
    assert.deepEqual([bond.status, bond.forfeitedMinor, bond.forfeitures], ["exhausted", penalMinor, 6]);
    await refused(ledger.submit(officer, "bond:Release", offer.bondId), "BOND_STATE");
  });

  it("judges at most sixteen model checkpoints of a bond at once, and the rest the next time", async () => {
    const founded = await running();
    for (let sequence = 1; sequence <= 40; sequence++) {
      toDay(founded, 20 + sequence);
      await register(founded, sequence);
    }
    toDay(founded, 62);

    const first = await sweep(founded);
    const { calls } = founded.ledger.last;
    const through = [first, await sweep(founded), await sweep(founded)];

    assert.deepEqual(
      through.map(({ bond }) => bond.judgedThrough),
      [16, 32, 40],
    );
    assert.ok(calls <= 3 + 3 + 16 + 2, `${calls} calls: caller and time, bond and run, facts, writes`);
  });

  it("waits with what it can encumber nothing for, and takes it up once a trigger is cured", async () => {
    const founded = await running();
    toDay(founded, 30);
    assert.equal((await sweep(founded)).bond.judgedThrough, 6);
    await register(founded, 6);

    const { cured, opened, bond } = await sweep(founded);

    assert.deepEqual([cured, opened, bond.judgedThrough], [[6], [7], 7]);
  });

  it("does not hold a surety to what fell due before it accepted", async () => {
    const founded = await offered();
    const { ledger } = founded;
    toDay(founded, 20);
    await ledger.submit(alpine, "notice:Start", ulid("A"));
    await ledger.submit(alpine, "checkpoint:Declare", { noticeId: ulid("A"), cadenceHours: 24 });
    toDay(founded, 24.5);
    await ledger.submit(surety, "bond:Accept", offer.bondId, "1");
    toDay(founded, 26.5);

    assert.deepEqual((await sweep(founded)).opened, [4, 5]);
  });

  it("asks for nothing that was to be created after the run ended", async () => {
    const founded = await running();
    toDay(founded, 22.5);
    await founded.ledger.submit(alpine, "notice:Complete", ulid("A"));
    toDay(founded, 79);

    assert.deepEqual((await sweep(founded)).opened, [1, 2]);
  });

  it("sweeps several bonds in one transaction, with an event that names each that changed", async () => {
    const founded = await running();
    const { ledger } = founded;
    const second = { ...offer, bondId: ulid("E") };
    await ledger.submit(alpine, "bond:Post", second);
    toDay(founded, 22.5);

    await ledger.submit(surety, "bond:SweepDue", [second.bondId, offer.bondId]);
    assert.deepEqual(ledger.events.at(-1)?.subject, offer.bondId, "the second was not accepted");

    await ledger.submit(surety, "bond:Accept", second.bondId, "1");
    toDay(founded, 23.5);
    await ledger.submit(surety, "bond:SweepDue", [second.bondId, offer.bondId]);
    assert.deepEqual(
      ledger.events.slice(-2).map(({ subject, rev }) => `${subject} ${rev}`),
      [`${second.bondId} 3`, `${offer.bondId} 4`],
    );
  });
});

describe("bond:Release", () => {
  async function completed(): Promise<Founded> {
    const founded = await running();
    toDay(founded, 21);
    await register(founded, 1);
    toDay(founded, 21.5);
    await founded.ledger.submit(alpine, "notice:Complete", ulid("A"));
    return founded;
  }

  for (const [name, caller] of [
    ["the principal's officer", officer],
    ["the surety", surety],
  ] as const) {
    it(`gives back what is left once all is judged, to ${name} who asks`, async () => {
      const founded = await completed();
      toDay(founded, 23);
      await sweep(founded);

      await founded.ledger.submit(caller, "bond:Release", offer.bondId);
      await founded.ledger.submit(caller, "bond:Release", offer.bondId);

      assert.equal(founded.ledger.last.writes.size, 0, "to release it again changes nothing");
      const bond = await readBond(founded.ledger);
      assert.deepEqual([bond.status, bond.releasedMinor], ["released", offer.penalMinor]);
    });
  }

  it("does not come before the last model checkpoint was judged", async () => {
    const founded = await completed();
    await refused(founded.ledger.submit(officer, "bond:Release", offer.bondId), "BOND_TRIGGER_OPEN");
  });

  it("leaves what was forfeited where it is", async () => {
    const founded = await running();
    toDay(founded, 22.5);
    await founded.ledger.submit(alpine, "notice:Complete", ulid("A"));
    toDay(founded, 24);
    await register(founded, 2);
    await sweep(founded);
    await sweep(founded);
    toDay(founded, 39);
    await sweep(founded);

    await founded.ledger.submit(officer, "bond:Release", offer.bondId);

    const { forfeitedMinor, releasedMinor } = await readBond(founded.ledger);
    assert.deepEqual([forfeitedMinor, releasedMinor], ["1250000000", "23750000000"]);
  });

  it("takes back an offer that nobody accepted, which then nobody can accept", async () => {
    const { ledger } = await offered();

    await ledger.submit(officer, "bond:Release", offer.bondId);

    assert.equal((await readBond(ledger)).status, "released");
    await refused(ledger.submit(surety, "bond:Accept", offer.bondId, "1"), "BOND_STATE");
  });

  it("comes with the planned end where nothing was declared, or with a withdrawal", async () => {
    const planned = await inForce();
    toDay(planned, 80.001);
    await planned.ledger.submit(surety, "bond:Release", offer.bondId);
    const withdrawn = await inForce();
    await withdrawn.ledger.submit(alpine, "notice:Withdraw", ulid("A"), "cancelled");
    await withdrawn.ledger.submit(surety, "bond:Release", offer.bondId);

    assert.equal((await readBond(planned.ledger)).status, "released");
    assert.equal((await readBond(withdrawn.ledger)).status, "released");
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

  it("does not lose what its run owed to an amendment that ends the run in the past", async () => {
    const founded = await running();
    toDay(founded, 30);
    const past = { plannedEndMs: ORIGIN_MS + 21 * 86_400_000 };

    await refused(founded.ledger.submit(alpine, "notice:Amend", ulid("A"), past), "NOTICE_PERIOD");
  });

  it("is not saved by weights that were registered for another model checkpoint", async () => {
    const founded = await running();
    toDay(founded, 22);
    await register(founded, 1);
    const again = modelCheckpoint(2, { saltedHash: modelCheckpoint(1)["saltedHash"] });

    await refused(founded.ledger.submit(alpine, "checkpoint:Register", again), "SALTED_HASH_TAKEN");
  });
});
