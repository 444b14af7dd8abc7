import assert from "node:assert/strict";
import {
  alpine,
  inForce,
  offer,
  offered,
  readBond,
  register,
  running,
  surety,
  sweep,
  toDay,
} from "../fixture/bonds.ts";
import { type Founded, identity, ulid } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");

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
