import assert from "node:assert/strict";
import { alpine, offer, register, running, surety, sweep, toDay } from "../fixture/bonds.ts";
import { identity, ulid } from "../fixture/coalition.ts";

const officer = identity("ch", "officer");

describe("bond:SweepDue", () => {
  it("does nothing a second time, whoever asks", async () => {
    const founded = await running();
    toDay(founded, 23);
    await sweep(founded);

    for (const caller of [officer, surety, alpine, identity("ke", "node"), identity("no", "inspector")]) {
      assert.deepEqual((await sweep(founded, caller)).opened, []);
      assert.equal(founded.ledger.last.writes.size, 0);
    }
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
