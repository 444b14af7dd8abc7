import assert from "node:assert/strict";
import { StatusCode } from "@hyperledger/fabric-gateway";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { submitForged } from "./forgedTransaction.ts";

describe("Two members' keys alone", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  const write = { key: "forged!by-an-attacker", value: "anything" };

  it("write nothing: the ledger marks what only they endorsed as invalid", async () => {
    const { coalition, memberIds } = shared();

    const code = await submitForged(coalition, { endorsers: memberIds.slice(0, 2), write });

    assert.equal(code, StatusCode.ENDORSEMENT_POLICY_FAILURE);
  });

  it("do not count twice", async () => {
    const { coalition } = shared();
    const [first, second] = [shared().memberId(1), shared().memberId(2)];

    const code = await submitForged(coalition, { endorsers: [first, second, first, second], write });

    assert.equal(code, StatusCode.ENDORSEMENT_POLICY_FAILURE);
  });

  it("would have written with a third: this forgery fails for want of a quorum and of nothing else", async () => {
    const { coalition, memberIds } = shared();

    const code = await submitForged(coalition, { endorsers: memberIds.slice(0, 3), write });

    assert.equal(code, StatusCode.VALID);
  });
});
