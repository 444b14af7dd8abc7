import assert from "node:assert/strict";
import fc from "fast-check";
import {
  availableMinor,
  modelCheckpointCreatedMs,
  modelCheckpointDueMs,
  modelCheckpointsCreatedBy,
  modelCheckpointsDueBy,
  organisation,
} from "../../src/index.ts";

const HOUR_MS = 3_600_000;
const cadence = fc.record({
  fromMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  cadenceHours: fc.integer({ min: 1, max: 2_160 }),
});
const sequence = fc.integer({ min: 1, max: 1_000 });

describe("A cadence", () => {
  it("has k model checkpoints created from the k-th turn on, and k due from the k-th deadline on", () => {
    fc.assert(
      fc.property(cadence, sequence, (declared, k) => {
        const created = modelCheckpointCreatedMs(declared, k);
        const due = modelCheckpointDueMs(declared, k, 24n);

        assert.equal(due - created, 24 * HOUR_MS);
        assert.equal(modelCheckpointsCreatedBy(declared, created), k);
        assert.equal(modelCheckpointsCreatedBy(declared, created - 1), k - 1);
        assert.equal(modelCheckpointsDueBy(declared, due, 24n), k);
        assert.equal(modelCheckpointsDueBy(declared, due - 1, 24n), k - 1);
      }),
    );
  });

  it("has none before it was declared", () => {
    assert.equal(modelCheckpointsDueBy({ fromMs: 1_000, cadenceHours: 1 }, 0, 24n), 0);
  });
});

describe("availableMinor", () => {
  it("is what is left of the penal sum", () => {
    const bond = { penalMinor: "100", encumberedMinor: "5", forfeitedMinor: "10", releasedMinor: "20" };
    assert.equal(availableMinor(bond), 65n);
  });
});

describe("organisation", () => {
  const surety = {
    schemaVersion: 1,
    rev: 1,
    mspId: "HarbourValeMSP",
    class: "surety",
    suretyId: "harbour-vale",
    name: "H",
  };

  it("reads a surety's entry as one, and takes nothing of a member's in it", () => {
    assert.deepEqual(organisation(surety), surety);
    for (const wrong of [
      { ...surety, memberId: "xa" },
      { ...surety, class: "member" },
      { ...surety, class: "king" },
      null,
    ])
      assert.throws(() => organisation(wrong), { code: "DOCUMENT_INVALID" });
  });
});
