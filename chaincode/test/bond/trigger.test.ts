import assert from "node:assert/strict";
import {
  alpine,
  insurable,
  offer,
  PENAL_MINOR,
  register,
  running,
  surety,
  sweep,
  toDay,
} from "../fixture/bonds.ts";
import { identity, ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");

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
});
