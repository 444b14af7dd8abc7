import { createHash } from "node:crypto";
import type { ChaincodeEvent, ChaincodeEventsOptions } from "@hyperledger/fabric-gateway";
import { checkpointers } from "@hyperledger/fabric-gateway";
import type { common, peer } from "@hyperledger/fabric-protos";
import type { Caller, Case, Group, Step } from "../case.ts";
import { policyRefusal } from "../expected.ts";
import { channel, probe, second } from "../network/names.ts";
import { failure } from "../observed.ts";

const sending = (name: string, payload: string): Step => ["event", name, payload];

async function heightOf(caller: Caller): Promise<bigint> {
  const commit = await (await caller.endorse([["put", "height", ""]])).submit();
  return (await commit.getStatus()).blockNumber;
}

/** Events until the one named `end`. */
async function eventsUntilEnd(
  caller: Caller,
  options: ChaincodeEventsOptions,
  chaincode = probe,
): Promise<ChaincodeEvent[]> {
  const found: ChaincodeEvent[] = [];
  const events = await caller.network.getChaincodeEvents(chaincode, options);
  try {
    for await (const event of events) {
      if (event.eventName === "end") return found;
      found.push(event);
    }
  } finally {
    events.close();
  }
  return found;
}

async function take<T>(events: AsyncIterable<T> & { close(): void }, count: number): Promise<T[]> {
  const found: T[] = [];
  try {
    for await (const each of events) {
      found.push(each);
      if (found.length === count) break;
    }
  } finally {
    events.close();
  }
  return found;
}

const named = (events: readonly ChaincodeEvent[]) =>
  events.map(({ eventName, payload }) => `${eventName}=${Buffer.from(payload).toString()}`);

const chaincode: readonly Case[] = [
  {
    does: "come from a block on, those of valid transactions, in order",
    run: async ({ alice, key }) => {
      const startBlock = (await heightOf(alice)) + 1n;
      const late = await alice.endorse([["get", key], ["put", key, "late"], sending("late", "1")]);
      await alice.submit(["put", key, "1"], sending("first", "1"));
      await (await late.submit()).getStatus();
      await alice.evaluate(sending("evaluated", "1"));
      await alice.submit(["put", key, "2"], sending("second", "2"));
      await alice.submit(sending("end", ""));
      return named(await eventsUntilEnd(alice, { startBlock }));
    },
    gives: ["first=1", "second=2"],
  },
  {
    does: "are one a transaction: the last that was set",
    run: async ({ alice }) => {
      const startBlock = (await heightOf(alice)) + 1n;
      await alice.submit(sending("one", "1"), sending("two", "2"), sending("two", "3"));
      await alice.submit(sending("end", ""));
      return named(await eventsUntilEnd(alice, { startBlock }));
    },
    gives: ["two=3"],
  },
  {
    does: "name chaincode, transaction and block",
    run: async ({ alice }) => {
      const transaction = await alice.endorse([sending("whole", "条約 \u0000")]);
      const { blockNumber } = await (await transaction.submit()).getStatus();
      await alice.submit(sending("end", ""));
      const [event] = await eventsUntilEnd(alice, { startBlock: blockNumber });
      return [
        event?.chaincodeName,
        event?.transactionId === transaction.getTransactionId(),
        event?.blockNumber === blockNumber,
        Buffer.from(event?.payload ?? []).toString(),
      ];
    },
    gives: [probe, true, true, "条約 \u0000"],
  },
  {
    does: "go on after a checkpoint's transaction in the same block",
    run: async ({ alice, key }) => {
      const startBlock = (await heightOf(alice)) + 1n;
      const endorsed = await Promise.all(
        ["a", "b", "c"].map((n) => alice.endorse([["put", key + n, ""], sending(n, n)])),
      );
      await Promise.all(endorsed.map(async (each) => (await each.submit()).getStatus()));
      await alice.submit(sending("end", ""));
      const all = await eventsUntilEnd(alice, { startBlock });
      const checkpoint = checkpointers.inMemory();
      await checkpoint.checkpointChaincodeEvent(all[0]!);
      const rest = await eventsUntilEnd(alice, { checkpoint });
      return [all.length, named(rest).join() === named(all.slice(1)).join()];
    },
    gives: [3, true],
  },
  {
    does: "of a chaincode without any do not come, and it need not exist",
    run: async ({ alice }) => {
      const silent = await alice.network.getChaincodeEvents("nobody", { startBlock: 0n });
      const iterator = silent[Symbol.asyncIterator]();
      const first = iterator.next().then(
        () => "an event",
        () => "closed",
      );
      await heightOf(alice);
      silent.close();
      return first;
    },
    gives: "closed",
  },
  {
    does: "do not come to one who may not read, or from a channel that is not there",
    run: async ({ network, alice, bob }) => {
      const stranger = network.caller("xa", { ...bob.identity, mspId: "XaMSP" });
      const ask = (caller: Caller, name: string) =>
        failure(
          caller.gateway
            .getNetwork(name)
            .getChaincodeEvents(probe)
            .then((events) => take(events, 1)),
        );
      return [await ask(stranger, channel), await ask(alice, "nowhere")];
    },
    gives: [
      `GatewayError PERMISSION_DENIED: ${policyRefusal("Readers")}`,
      "GatewayError PERMISSION_DENIED: Failed to get policy manager for channel [nowhere]",
    ],
  },
  {
    does: "of a chaincode that was called are lost, and the caller's own stays",
    run: async ({ alice }) => {
      const startBlock = (await heightOf(alice)) + 1n;
      const called: Step = ["call", second, "", JSON.stringify([sending("theirs", "1")])];
      await alice.submit(sending("ours", "1"), called);
      await alice.submit(sending("end", ""));
      return named(await eventsUntilEnd(alice, { startBlock }));
    },
    gives: ["ours=1"],
  },
];

/** Whether the header names the hash of the one before: of the DER of its number, its previous hash and its data hash. */
function follows(block: common.Block, before: common.Block | undefined): boolean {
  const header = before?.getHeader();
  if (header === undefined) return true;
  const parts = [header.getPreviousHash_asU8(), header.getDataHash_asU8()].map((hash) =>
    Buffer.concat([Buffer.from([4, hash.length]), hash]),
  );
  const body = Buffer.concat([Buffer.from([2, 1, header.getNumber()]), ...parts]);
  const der = Buffer.concat([Buffer.from([0x30, body.length]), body]);
  const expected = createHash("sha256").update(der).digest();
  return expected.equals(block.getHeader()?.getPreviousHash_asU8() ?? Buffer.alloc(0));
}

const numberOf = (block: common.Block): number => block.getHeader()?.getNumber() ?? -1;

const blocks: readonly Case[] = [
  {
    does: "of blocks come from any block on, each following from the one before",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"]);
      const found = await take(await alice.network.getBlockEvents({ startBlock: 0n }), 3);
      return found.map((block, at) => [numberOf(block), follows(block, found[at - 1])]);
    },
    gives: [
      [0, true],
      [1, true],
      [2, true],
    ],
  },
  {
    does: "of blocks carry each transaction's validation code",
    run: async ({ alice, key }) => {
      const startBlock = (await heightOf(alice)) + 1n;
      const late = await alice.endorse([
        ["get", key],
        ["put", key, "late"],
      ]);
      await alice.submit(["put", key, "1"]);
      await (await late.submit()).getStatus();
      const found = await take(await alice.network.getBlockEvents({ startBlock }), 2);
      return found.map((block) => [...(block.getMetadata()?.getMetadataList_asU8()[2] ?? [])]);
    },
    gives: [[0], [11]],
  },
  {
    does: "of blocks that are filtered name transactions and codes, without what they did",
    run: async ({ alice, key }) => {
      const transaction = await alice.endorse([["put", key, "1"], sending("seen", "not this")]);
      const { blockNumber } = await (await transaction.submit()).getStatus();
      const [block] = await take(await alice.network.getFilteredBlockEvents({ startBlock: blockNumber }), 1);
      const [only] = block?.getFilteredTransactionsList() ?? [];
      return [only?.getTxid() === transaction.getTransactionId(), only?.getTxValidationCode(), eventIn(only)];
    },
    gives: [true, 0, ["seen="]],
  },
  {
    does: "of blocks with private data carry it to members, and not to others",
    run: async ({ network, alice, key }) => {
      const endorsed = await alice.endorse([["privatePut", "members", key]], {
        transientData: { value: "secret" },
      });
      const { blockNumber } = await (await endorsed.submit()).getStatus();
      const ask = async (caller: Caller): Promise<number | undefined> => {
        const events = await caller.network.getBlockAndPrivateDataEvents({ startBlock: blockNumber });
        const [block] = await take(events, 1);
        // The map's type is not among fabric-protos' own.
        return (block?.getPrivateDataMapMap() as { getLength(): number } | undefined)?.getLength();
      };
      return [await ask(alice), await ask(network.caller("xa", network.surety()))];
    },
    gives: [1, 0],
  },
  {
    does: "of blocks do not come to one who may not read, or from a channel that is not there",
    run: async ({ network, alice, bob }) => {
      const stranger = network.caller("xa", { ...bob.identity, mspId: "XaMSP" });
      const ask = async (caller: Caller, name: string) =>
        failure(
          caller.gateway
            .getNetwork(name)
            .getBlockEvents({ startBlock: 0n })
            .then((events) => take(events, 1)),
        ).catch(String);
      return [await ask(stranger, channel), await ask(alice, "nowhere")];
    },
    gives: ["Error: Unexpected status response: 403", "Error: Unexpected status response: 404"],
  },
];

function eventIn(transaction: peer.FilteredTransaction | undefined): string[] {
  const actions = transaction?.getTransactionActions()?.getChaincodeActionsList() ?? [];
  return actions.map((action) => {
    const event = action.getChaincodeEvent();
    return `${event?.getEventName()}=${Buffer.from(event?.getPayload_asU8() ?? []).toString()}`;
  });
}

export const event: Group = { title: "events", cases: [...chaincode, ...blocks] };
