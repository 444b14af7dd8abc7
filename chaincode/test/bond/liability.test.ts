import assert from "node:assert/strict";
import {
  alpine,
  modelCheckpoint,
  offer,
  offered,
  register,
  running,
  surety,
  sweep,
  toDay,
} from "../fixture/bonds.ts";
import { ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

describe("bond:SweepDue", () => {
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
});

describe("A bond", () => {
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
