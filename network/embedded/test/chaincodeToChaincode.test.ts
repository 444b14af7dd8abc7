import assert from "node:assert/strict";
import type { common } from "@hyperledger/fabric-protos";
import type { Contract } from "@hyperledger/fabric-gateway";
import { committedTransaction, eventOf } from "../src/commit/transactionParts.ts";
import type { ClientIdentity } from "./clientIdentity.ts";
import { failureOf, text } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { endorse, makeProposal } from "./handmade.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

const second = "second";

describe("A chaincode that calls another", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let alice: ClientIdentity;
  let caller: Contract;
  let callee: Contract;

  before(async () => {
    const members = ["Member1MSP", "Member2MSP", "Member3MSP", "Member4MSP"];
    const collections = [{ name: "inner", members }];
    fixture = await Fixture.create({ otherChaincode: { name: second, collections } });
    await fixture.startLedger();
    alice = await fixture.client(1);
    const network = fixture.connect(1, alice).getNetwork(channel);
    caller = network.getContract(chaincodeName);
    callee = network.getContract(second);
  });
  after(() => fixture.destroy());

  const call = async (...args: string[]): Promise<{ status: number; message: string; payload: string }> =>
    JSON.parse(text(await caller.evaluateTransaction("call", ...args))) as Awaited<ReturnType<typeof call>>;

  it("writes in both namespaces in one transaction, and sees none of it before", async () => {
    const seen = await caller.submitTransaction("putBoth", second, "k", "v");

    assert.equal(text(seen), "");
    assert.equal(text(await caller.evaluateTransaction("get", "k")), "own v");
    assert.equal(text(await callee.evaluateTransaction("get", "k")), "v");
  });

  it("leaves the callee's event out", async () => {
    const proposal = makeProposal(alice, ["call", second, "put", "event", "v"]);

    const envelope: common.Envelope = await endorse(fixture.channel(1), proposal);

    const committed = committedTransaction(envelope.serializeBinary());
    assert.ok(committed !== undefined);
    assert.equal(eventOf(committed.action), undefined);
  });

  it("conflicts with what changes the callee's state", async () => {
    await callee.submitTransaction("put", "hot", "0");
    const racing = () => caller.newProposal("call", { arguments: [second, "add", "hot", "1"] }).endorse();
    const [first, late] = [await racing(), await racing()];

    const codes = [];
    for (const transaction of [first, late])
      codes.push((await (await transaction.submit()).getStatus()).code);

    assert.deepEqual(codes, [0, 11]);
    assert.equal(text(await callee.evaluateTransaction("get", "hot")), "1");
  });

  it("reads the callee's ranges, history and collections under the callee's name", async () => {
    await callee.submitTransaction("put", "of second", "1");
    await caller.submitTransaction("call", second, "putPrivate", "inner", "p", "private");

    assert.deepEqual(JSON.parse((await call(second, "range", "of", "og")).payload), ["of second"]);
    assert.equal((JSON.parse((await call(second, "history", "of second")).payload) as unknown[]).length, 1);
    assert.equal((await call(second, "getPrivate", "inner", "p")).payload, "private");
    const own = await failureOf(caller.evaluateTransaction("getPrivate", "inner", "p"));
    assert.match(own.message, /collection comity\/test\/inner could not be found$/);
  });

  it("hears the callee's failure and may go on", async () => {
    const { status, message } = await call(second, "fail", "not today");

    assert.deepEqual([status, message], [500, "not today"]);
  });

  it("may ask the system chaincode", async () => {
    const { status, payload } = await call("qscc", "GetChainInfo", channel);

    assert.equal(status, 200);
    assert.ok(payload.length > 0);
  });

  it("takes a version and the channel's own name beside the chaincode's", async () => {
    assert.equal((await call(`${second}:1.0/${channel}`, "memberOf")).payload, "Member1MSP");
  });

  const refused: readonly [string, string, readonly string[], RegExp][] = [
    [
      "a chaincode that is not there",
      "call",
      ["other"],
      /INVOKE_CHAINCODE failed: transaction ID: [0-9a-f]{64}: execute failed: invalid invocation: \[channel comity\] failed to get chaincode container info for other: chaincode other not found$/,
    ],
    [
      "itself",
      "call",
      ["test", "get", "a"],
      /: execute failed: error sending: txid: [0-9a-f]{64}\(comity\) exists$/,
    ],
    [
      "one that calls it back",
      "call",
      [second, "call", "test", "get", "a"],
      /"message":"INVOKE_CHAINCODE failed: .*\(comity\) exists/,
    ],
    ["another channel", "callOn", ["other", second], /: Failed to get policy manager for channel \[other\]$/],
    [
      "another channel's system chaincode",
      "callOn",
      ["other", "qscc"],
      /: failed to find ledger for channel: other$/,
    ],
  ];
  for (const [what, method, args, expected] of refused) {
    it(`cannot call ${what}, in Fabric's words`, async () => {
      const answer = caller.evaluateTransaction(method, ...args).then(text);

      const words = await answer.catch(async () => (await failureOf(answer)).message);

      assert.match(words, expected);
    });
  }
});
