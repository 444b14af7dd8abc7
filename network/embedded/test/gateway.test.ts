import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { common } from "@hyperledger/fabric-protos";
import type { Contract, Gateway } from "@hyperledger/fabric-gateway";
import { EndorseError } from "@hyperledger/fabric-gateway";
import { identityOf } from "./clientIdentity.ts";
import { failureOf, text } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

describe("Gateway with the unmodified client and chaincode", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let gateway: Gateway;
  let contract: Contract;

  before(async () => {
    fixture = await Fixture.create();
    await fixture.startLedger();
    gateway = fixture.connect(1, await fixture.client(1, { "comity.role": "officer" }));
    contract = gateway.getNetwork(channel).getContract(chaincodeName);
  });
  after(() => fixture.destroy());

  it("submits, commits and reads back", async () => {
    const result = await contract.submitTransaction("put", "a", "1");

    assert.equal(text(result), "1");
    assert.equal(text(await contract.evaluateTransaction("get", "a")), "1");
  });

  it("runs each member's proposals on that member's own chaincode process", async () => {
    for (const number of [1, 2, 3, 4]) {
      const own = fixture
        .connect(number, await fixture.client(number))
        .getNetwork(channel)
        .getContract(chaincodeName);
      assert.equal(text(await own.evaluateTransaction("memberOf")), `Member${number}MSP`);
    }
  });

  it("shows the chaincode the caller's attributes", async () => {
    assert.equal(text(await contract.evaluateTransaction("role")), "officer");
  });

  it("deletes", async () => {
    await contract.submitTransaction("put", "gone", "1");
    await contract.submitTransaction("del", "gone");

    assert.equal(text(await contract.evaluateTransaction("get", "gone")), "");
  });

  it("never shows a simulation its own writes", async () => {
    await contract.submitTransaction("put", "own", "before");

    assert.equal(text(await contract.submitTransaction("putThenGet", "own", "after")), "before");
    assert.equal(text(await contract.evaluateTransaction("get", "own")), "after");
  });

  it("keeps nothing of an evaluation", async () => {
    await contract.evaluateTransaction("put", "evaluated", "1");

    assert.equal(text(await contract.evaluateTransaction("get", "evaluated")), "");
  });

  it("accepts a client with an Ed25519 key", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const spki = publicKey.export({ format: "pem", type: "spki" }).toString();
    const { authority, mspId } = fixture.member(2);
    const issued = await authority.issue({ commonName: "ed", ou: "client", publicKey: spki });
    const identity = {
      ...identityOf(mspId, issued),
      privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    };

    const ed = fixture.connectEd25519(2, identity).getNetwork(channel).getContract(chaincodeName);
    await ed.submitTransaction("put", "ed", "25519");

    assert.equal(text(await ed.evaluateTransaction("get", "ed")), "25519");
  });

  it("hands transient data to the chaincode and leaves it out of the stored transaction", async () => {
    const secret = "a secret that must not be stored";
    const proposal = contract.newProposal("putTransient", {
      arguments: ["transient"],
      transientData: { value: secret },
    });
    const commit = await (await proposal.endorse()).submit();
    const { blockNumber, successful } = await commit.getStatus();
    const query = gateway.getNetwork(channel).getContract("qscc");
    const block = await query.evaluateTransaction("GetBlockByNumber", channel, blockNumber.toString());

    assert.equal(successful, true);
    assert.equal(text(await contract.evaluateTransaction("get", "transient")), String(secret.length));
    assert.equal(Buffer.from(block).includes(secret), false);
    assert.equal(Buffer.from(block).includes("putTransient"), true);
  });

  it("answers the system chaincode's questions about the chain", async () => {
    const query = gateway.getNetwork(channel).getContract("qscc");

    const info = common.BlockchainInfo.deserializeBinary(
      await query.evaluateTransaction("GetChainInfo", channel),
    );
    const refused = await failureOf(query.evaluateTransaction("GetBlockByNumber", channel, "99999"));

    assert.equal(info.getHeight(), fixture.ledger?.height());
    assert.match(refused.message, /Failed to get block number 99999/);
  });

  it("brings the contract's error text to the client as an EndorseError with details", async () => {
    const thrown = contract.submitTransaction("fail", "NOTICE_UNKNOWN: there is no such notice");

    await assert.rejects(thrown, (error) => {
      assert.ok(error instanceof EndorseError);
      assert.equal(error.code, 10);
      assert.deepEqual(error.details, [
        {
          address: `127.0.0.1:${fixture.ports.get("Member1MSP")}`,
          mspId: "Member1MSP",
          message: "chaincode response 500, NOTICE_UNKNOWN: there is no such notice",
        },
      ]);
      return true;
    });
  });

  it("brings it to an evaluation too, and asks no other member", async () => {
    const failure = await failureOf(contract.evaluateTransaction("fail", "CODE: text"));

    assert.equal(failure.code, 2);
    assert.match(
      failure.message,
      /evaluate call to endorser returned error: chaincode response 500, CODE: text$/,
    );
    assert.equal(failure.details.length, 1);
  });

  it("refuses members that disagree", async () => {
    const failure = await failureOf(contract.submitTransaction("differ", "d"));

    assert.equal(failure.code, 10);
    assert.equal(failure.details.length, 2); // with two of the three others off, no three agree: the last is not asked
    for (const { message } of failure.details) assert.equal(message, "ProposalResponsePayloads do not match");
  });

  it("asks exactly the organisations that the client names", async () => {
    const named = contract.newProposal("put", {
      arguments: ["named", "1"],
      endorsingOrganizations: ["Member2MSP"],
    });
    const unknown = contract.newProposal("put", {
      arguments: ["named", "1"],
      endorsingOrganizations: ["NobodyMSP"],
    });

    const { code } = await (await (await named.endorse()).submit()).getStatus();
    const failure = await failureOf(unknown.endorse());

    assert.equal(code, 10); // one endorsement is fewer than the quorum
    assert.equal(failure.code, 14);
    assert.match(failure.message, /failed to find any endorsing peers for org\(s\): NobodyMSP/);
  });

  it("lets one of two racing transactions win", async () => {
    await contract.submitTransaction("put", "hot", "0");
    const endorsed = await Promise.all(
      ["1", "10"].map((n) => contract.newProposal("add", { arguments: ["hot", n] }).endorse()),
    );
    const commits = [];
    for (const transaction of endorsed) commits.push(await transaction.submit());
    const codes = await Promise.all(commits.map(async (commit) => (await commit.getStatus()).code));

    assert.deepEqual(codes, [0, 11]);
    assert.equal(text(await contract.evaluateTransaction("get", "hot")), "1");
  });

  it("lets the loser of a race across blocks fail too", async () => {
    await contract.submitTransaction("put", "stale", "0");
    const late = await contract.newProposal("add", { arguments: ["stale", "1"] }).endorse();
    await contract.submitTransaction("put", "stale", "5");

    assert.equal((await (await late.submit()).getStatus()).code, 11);
  });
});
