import assert from "node:assert/strict";
import { peer } from "@hyperledger/fabric-protos";
import { EndorsePlan } from "../src/endorse/endorsePlan.ts";
import type { Outcome } from "../src/endorse/outcome.ts";

const members = ["alice", "bob", "carol", "dave"].map((mspId) => ({ mspId, address: `${mspId}:1` }));
const [alice, bob, carol, dave] = members as [Member, Member, Member, Member];
interface Member {
  readonly mspId: string;
  readonly address: string;
}

function endorsed(payload = "same"): Outcome {
  const response = new peer.Response();
  const privateData = { results: Buffer.from(payload), collectionsRead: [], collectionsWritten: [] };
  const endorsement = new peer.Endorsement();
  return { kind: "endorsed", response, payload: Buffer.from(payload), endorsement, privateData };
}
const down: Outcome = { kind: "unavailable", message: "down" };

describe("EndorsePlan", () => {
  it("asks only as many as the quorum still needs", () => {
    const plan = new EndorsePlan(3, [bob, carol, dave]);
    plan.record(alice, endorsed());

    assert.deepEqual(plan.takeNext(), [bob, carol]);
    plan.record(bob, endorsed());
    plan.record(carol, endorsed());

    assert.equal(plan.isComplete, true);
    assert.equal(plan.result?.endorsements.length, 3);
  });

  it("substitutes one that fails or disagrees, and remembers why", () => {
    for (const [failed, message] of [
      [down, "down"],
      [endorsed("other"), "ProposalResponsePayloads do not match"],
    ] as const) {
      const plan = new EndorsePlan(3, [bob, carol, dave]);
      plan.record(alice, endorsed());
      plan.takeNext();
      plan.record(bob, failed);
      plan.record(carol, endorsed());

      assert.deepEqual(plan.takeNext(), [dave]);
      plan.record(dave, endorsed());

      assert.equal(plan.isComplete, true);
      assert.deepEqual(plan.details, [{ address: "bob:1", mspId: "bob", message }]);
    }
  });

  it("asks nobody when too few are left", () => {
    const plan = new EndorsePlan(3, [bob, carol, dave]);
    plan.record(alice, endorsed());
    plan.takeNext();
    plan.record(bob, down);
    plan.record(carol, down);

    assert.deepEqual(plan.takeNext(), []);
    assert.equal(plan.result, undefined);
  });

  it("needs every member when the quorum is all of them", () => {
    const plan = new EndorsePlan(4, [bob, carol, dave]);
    plan.record(alice, endorsed());

    assert.deepEqual(plan.takeNext(), [bob, carol, dave]);
    for (const member of [bob, carol]) plan.record(member, endorsed());
    plan.record(dave, down);

    assert.equal(plan.isComplete, false);
    assert.deepEqual(plan.takeNext(), []);
  });
});
