import assert from "node:assert/strict";
import { common, gateway, orderer } from "@hyperledger/fabric-protos";
import { checkpointers, type Contract, type Network } from "@hyperledger/fabric-gateway";
import { chaincodeEvents } from "../src/gateway/chaincodeEvents.ts";
import type { LedgerStore } from "../src/store/ledgerStore.ts";
import { chainFault, embeddedMark, isMarkedEmbedded } from "../src/index.ts";
import { failureOf } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { makeEnvelope, submit } from "./handmade.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

const keys = ["e0", "e1", "e2", "e3"];

describe("Events and blocks", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let network: Network;
  let contract: Contract;

  before(async () => {
    fixture = await Fixture.create();
    await fixture.startLedger();
    network = fixture.connect(2, await fixture.client(2)).getNetwork(channel);
    contract = network.getContract(chaincodeName);
    for (const key of keys) await contract.submitTransaction("put", key, "v");
  });
  after(() => fixture.destroy());

  async function eventKeys(
    options: Parameters<Network["getChaincodeEvents"]>[1],
    count: number,
  ): Promise<string[]> {
    const events = await network.getChaincodeEvents(chaincodeName, options);
    const found: string[] = [];
    for await (const event of events) {
      found.push(Buffer.from(event.payload).toString());
      if (found.length === count) break;
    }
    events.close();
    return found;
  }

  async function blocksFrom(start: bigint, count: number): Promise<common.Block[]> {
    const events = await network.getBlockEvents({ startBlock: start });
    const blocks: common.Block[] = [];
    for await (const block of events) if (blocks.push(block) === count) break;
    events.close();
    return blocks;
  }

  it("replays from block 0", async () => {
    assert.deepEqual(await eventKeys({ startBlock: 0n }, keys.length), keys);
  });

  it("goes on after the transaction of a checkpoint", async () => {
    const checkpointer = checkpointers.inMemory();
    const events = await network.getChaincodeEvents(chaincodeName, { startBlock: 0n });
    let seen = 0;
    for await (const event of events) {
      await checkpointer.checkpointChaincodeEvent(event);
      if (++seen === 2) break;
    }
    events.close();

    assert.deepEqual(await eventKeys({ checkpoint: checkpointer }, 2), ["e2", "e3"]);
  });

  it("tells of what is committed from now on", async () => {
    const events = await network.getChaincodeEvents(chaincodeName);
    const next = events[Symbol.asyncIterator]().next();
    await contract.submitTransaction("put", "now", "v");

    const { value } = (await next) as { value: { payload: Uint8Array; eventName: string } };
    assert.deepEqual([value.eventName, Buffer.from(value.payload).toString()], ["put", "now"]);
    events.close();
  });

  it("refuses events from the oldest or the newest block on, by Fabric's names of them", async () => {
    const [oldest, newest] = [new orderer.SeekPosition(), new orderer.SeekPosition()];
    oldest.setOldest(new orderer.SeekOldest());
    newest.setNewest(new orderer.SeekNewest());

    for (const [name, position] of Object.entries({ Oldest: oldest, Newest: newest })) {
      const request = new gateway.ChaincodeEventsRequest();
      request.setStartPosition(position);
      const events = chaincodeEvents(request, {} as unknown as LedgerStore, new AbortController().signal);

      await assert.rejects(events.next(), {
        code: 3,
        message: `invalid start position type: *orderer.SeekPosition_${name}`,
      });
    }
  });

  it("leaves out what did not commit", async () => {
    await contract.submitTransaction("put", "hot", "0");
    const height = BigInt(fixture.ledger!.height());
    const endorsed = await Promise.all(
      ["1", "2"].map((n) => contract.newProposal("add", { arguments: ["hot", n] }).endorse()),
    );
    for (const transaction of endorsed) await (await transaction.submit()).getStatus();
    await contract.submitTransaction("put", "after", "v");

    assert.deepEqual(await eventKeys({ startBlock: height }, 1), ["after"]);
  });

  it("exports a chain whose hashes hold, marked as an evaluation's, and notices every change to it", async () => {
    const blocks = await blocksFrom(0n, fixture.ledger!.height());

    assert.equal(chainFault(blocks), undefined);
    assert.deepEqual(
      blocks.map(isMarkedEmbedded),
      blocks.map(() => true),
    );
    assert.equal(Buffer.from(blocks[0]!.serializeBinary()).includes(embeddedMark), true);
    const copies = (): common.Block[] =>
      blocks.map((b) => common.Block.deserializeBinary(b.serializeBinary()));
    const [dropped, data, link] = [copies(), copies(), copies()];
    dropped.splice(2, 1);
    data[2]!.getData()!.setDataList([Buffer.from("x")]);
    link[2]!.getHeader()!.setPreviousHash(Buffer.alloc(32));
    assert.match(chainFault(dropped) ?? "", /^block 2: its number is 3/);
    assert.match(chainFault(data) ?? "", /^block 2: its data hash differs/);
    assert.match(chainFault(link) ?? "", /^block 2: it does not follow/);
  });

  it("delivers from any block, and only to readers", async () => {
    const [block] = await blocksFrom(2n, 1);
    const stranger = { ...(await fixture.client(2)), mspId: "Member1MSP" };
    const refused = await fixture.connect(2, stranger).getNetwork(channel).getBlockEvents({ startBlock: 0n });

    assert.equal(block!.getHeader()!.getNumber(), 2);
    await assert.rejects(refused[Symbol.asyncIterator]().next(), /403|FORBIDDEN/);
  });

  it("delivers every block, however much was submitted at once", async () => {
    const alice = await fixture.client(2);
    const client = fixture.channel(2);
    const staged = Array.from({ length: 4 }, () => makeEnvelope(alice, Buffer.alloc(9 * 1024 * 1024)));
    const height = fixture.ledger!.height();

    await Promise.allSettled(staged.map((envelope) => submit(client, envelope)));
    await contract.submitTransaction("put", "after them", "v");

    const written = fixture.ledger!.height() - height;
    const blocks = await blocksFrom(BigInt(height), written);
    assert.ok(written > 1, String(written));
    assert.deepEqual(
      blocks.map((block) => block.getData()!.getDataList().length),
      blocks.map(() => 1),
    );
  });

  it("refuses filtered blocks and private data in the words of a server without them", async () => {
    const filtered = await network.getFilteredBlockEvents({ startBlock: 0n });
    const failure = await failureOf(filtered[Symbol.asyncIterator]().next());

    assert.equal(failure.code, 12);
    assert.match(failure.message, /unknown method DeliverFiltered for service protos\.Deliver/);
  });

  it("refuses one call too many at once, as Fabric's limiter", async () => {
    const tight = await Fixture.create({ members: 1, quorum: 1, config: { maxGatewayCalls: 1 } });
    try {
      await tight.startLedger();
      const only = tight.connect(1, await tight.client(1)).getNetwork(channel);
      await only.getContract(chaincodeName).submitTransaction("put", "a", "1");
      const events = await only.getChaincodeEvents(chaincodeName, { startBlock: 0n });
      await events[Symbol.asyncIterator]().next();

      const failure = await failureOf(only.getContract(chaincodeName).evaluateTransaction("get", "a"));

      assert.equal(failure.code, 2);
      assert.match(
        failure.message,
        /too many requests for \/gateway\.Gateway, exceeding concurrency limit \(1\)/,
      );
      events.close();
    } finally {
      await tight.destroy();
    }
  });
});
