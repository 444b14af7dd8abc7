import assert from "node:assert/strict";
import {
  cadenceDocument,
  DAY_MS,
  modelCheckpointDocument,
  sha256,
  toHex,
  encodeCanonical,
} from "@comity/protocol";
import { alpine, modelCheckpoint, register, running, surety, toDay } from "../fixture/bonds.ts";
import { identity, ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

describe("checkpoint:Declare", () => {
  it("counts from the declaration, and is for ever", async () => {
    const founded = await running();
    const { ledger } = founded;

    const cadence = cadenceDocument(await ledger.evaluate(surety, "checkpoint:ReadCadence", ulid("A")));
    assert.deepEqual(
      [cadence.fromMs, cadence.cadenceHours, cadence.operatorId],
      [ORIGIN_MS + 20 * DAY_MS, 24, "alpine"],
    );

    toDay(founded, 21);
    await ledger.submit(alpine, "checkpoint:Declare", { noticeId: ulid("A"), cadenceHours: 24 });
    assert.equal(ledger.last.writes.size, 0, "to declare it again changes nothing");
    const other = ledger.submit(alpine, "checkpoint:Declare", { noticeId: ulid("A"), cadenceHours: 25 });
    await refused(other, "CADENCE_EXISTS");
  });
});

describe("checkpoint:Register", () => {
  for (const [name, day, late] of [
    ["the day on which it was created", 21, false],
    ["to the very millisecond a day later", 22, false],
    ["a millisecond after that", 22.001, true],
    ["long after that, which is accepted all the same", 50, true],
  ] as const) {
    it(`knows what is late: ${name}`, async () => {
      const founded = await running();
      toDay(founded, day);

      await register(founded, 1);

      const read = await founded.ledger.evaluate(surety, "checkpoint:Read", ulid("A"), "1");
      assert.equal(modelCheckpointDocument(read).late, late);
    });
  }

  it("takes one that was created early for late a day after that", async () => {
    const founded = await running();
    toDay(founded, 21.9);

    const early = modelCheckpoint(1, { createdMs: ORIGIN_MS + 20.5 * DAY_MS });
    const stored = modelCheckpointDocument(await founded.ledger.submit(alpine, "checkpoint:Register", early));

    assert.equal(stored.late, true);
  });

  it("takes the same registration again for a repeat", async () => {
    const founded = await running();
    toDay(founded, 21);
    await register(founded, 1);
    toDay(founded, 30);

    await founded.ledger.submit(identity("ch", "officer"), "checkpoint:Register", modelCheckpoint(1));

    assert.equal(founded.ledger.last.writes.size, 0);
  });

  it("sets one event that names the model checkpoint and the hash of what was stored", async () => {
    const founded = await running();
    toDay(founded, 21);

    const stored = await register(founded, 1);

    const hash = toHex(sha256(encodeCanonical(stored)));
    assert.deepEqual(founded.ledger.events.at(-1), {
      type: "model-checkpoint-registered",
      subject: `${ulid("A")}/1`,
      rev: 1,
      hash,
    });
  });

  it("costs at most ten calls to the peer", async () => {
    const founded = await running();
    founded.ledger.nowMs = ORIGIN_MS + 1_000_000;

    await register(founded, 1);

    assert.ok(founded.ledger.last.calls <= 10, `${founded.ledger.last.calls} calls`);
  });
});
