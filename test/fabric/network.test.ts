import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import type { Coalition } from "@comity/cli";
import { StatusCode } from "@hyperledger/fabric-gateway";
import { submitForged } from "../attack/forgedTransaction.ts";
import { endRealNetwork, startRealNetwork } from "./realNetwork.ts";

describe("A real network of four members", function () {
  this.timeout(120_000);
  let network: Coalition;
  const memberIds = (): string[] => network.network.members.map(({ memberId }) => memberId);

  before(async () => (network = await startRealNetwork()));
  after(() => endRealNetwork(network));

  describe("with two members' keys alone", () => {
    const write = { key: "forged!by-an-attacker", value: "anything" };

    it("writes nothing: what only they endorsed is marked invalid", async () => {
      const code = await submitForged(network, { endorsers: memberIds().slice(0, 2), write });

      assert.equal(code, StatusCode.ENDORSEMENT_POLICY_FAILURE);
    });

    it("does not count them twice", async () => {
      const [first = "", second = ""] = memberIds();

      const code = await submitForged(network, { endorsers: [first, second, first, second], write });

      assert.equal(code, StatusCode.ENDORSEMENT_POLICY_FAILURE);
    });

    it("would have written with a third: the forgery fails for want of a quorum and of nothing else", async () => {
      const code = await submitForged(network, { endorsers: memberIds().slice(0, 3), write });

      assert.equal(code, StatusCode.VALID);
    });
  });

  it("refuses what a chaincode refuses in the chaincode's own words", async () => {
    const officer = network.ledger("xa", "officer");

    await assert.rejects(officer.submit("notice:Start", "01JD000000000000000000000Z"), {
      code: "NOTICE_UNKNOWN",
    });
  });

  it("lets a surety through to the chaincode, which does not know it until members admit it", async () => {
    const surety = network.suretyLedger("harbour-vale");

    await assert.rejects(surety.evaluate("coalition:ReadRegister"), { code: "CALLER_UNKNOWN" });
  });

  it("goes on where it stopped, with the same ledger", async () => {
    const before = await network.ledger("xb", "officer").evaluate("coalition:ReadGenesis");
    await network.close();

    network = await startRealNetwork(network.layout.root);

    assert.equal(network.isNew, false);
    assert.deepEqual(await network.ledger("xb", "officer").evaluate("coalition:ReadGenesis"), before);
  });

  it("takes up a deployment of which nobody noted the end, and finds all of it done", async () => {
    await network.close();
    rmSync(network.layout.committedRelease);

    network = await startRealNetwork(network.layout.root);

    assert.match(readFileSync(network.layout.committedRelease, "utf8"), /"version":1,"sequence":1/);
  });
});
