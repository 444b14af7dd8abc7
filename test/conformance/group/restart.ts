import { StatusCode } from "@hyperledger/fabric-gateway";
import { common } from "@hyperledger/fabric-protos";
import type { Caller, Case, Group } from "../case.ts";
import { channel } from "../network/names.ts";
import { failure } from "../observed.ts";
import { statusOf } from "../wire/call.ts";

async function chainOf(caller: Caller): Promise<{ height: number; hash: string }> {
  const bytes = await caller.network.getContract("qscc").evaluateTransaction("GetChainInfo", channel);
  const info = common.BlockchainInfo.deserializeBinary(bytes);
  return { height: info.getHeight(), hash: Buffer.from(info.getCurrentblockhash_asU8()).toString("hex") };
}

/** Of all transactions in these blocks. */
async function codesIn(caller: Caller, first: bigint, last: bigint): Promise<number[]> {
  const qscc = caller.network.getContract("qscc");
  const codes: number[] = [];
  for (let number = first; number <= last; number++) {
    const bytes = await qscc.evaluateTransaction("GetBlockByNumber", channel, String(number));
    codes.push(...(common.Block.deserializeBinary(bytes).getMetadata()?.getMetadataList_asU8()[2] ?? []));
  }
  return codes;
}

const cases: readonly Case[] = [
  {
    does: "keeps state, chain, statuses and what is held back, and goes on",
    run: async ({ network, alice, key }) => {
      const valid = await alice.endorse([["put", key, "kept"]]);
      const late = await alice.endorse([
        ["get", key],
        ["put", key, "late"],
      ]);
      const held = await alice.endorse([["put", `${key}held`, "1"]]);
      for (const each of [valid, late]) await (await each.submit()).getStatus();
      const before = await chainOf(alice);

      await network.restartLedger();

      const after = await chainOf(alice);
      const statuses = [valid, late].map((each) =>
        statusOf(alice.raw, alice.identity, each.getTransactionId()),
      );
      const sent = await network.until("the orderers take a transaction", async () => {
        const answer = await failure(held.submit());
        return answer === "taken" || /already processed/.test(answer) ? true : undefined;
      });
      return {
        isSameChain: before.height === after.height && before.hash === after.hash,
        kept: await alice.evaluate(["get", key]),
        statuses: await Promise.all(statuses),
        held: [sent, await statusOf(alice.raw, alice.identity, held.getTransactionId())],
      };
    },
    gives: { isSameChain: true, kept: "kept", statuses: [0, 11], held: [true, 0] },
  },
  {
    does: "takes a repeat of what it ordered before, and marks it",
    run: async ({ network, alice, key }) => {
      const transaction = await alice.endorse([["put", key, "1"]]);
      const { blockNumber } = await (await transaction.submit()).getStatus();
      await network.restartLedger();
      const again = await failure(transaction.submit());
      const marker = await (await (await alice.endorse([["put", key, "2"]])).submit()).getStatus();
      return [again, await codesIn(alice, blockNumber + 1n, marker.blockNumber)];
    },
    gives: ["taken", [StatusCode.DUPLICATE_TXID, StatusCode.VALID]],
  },
];

export const restart: Group = { title: "a ledger that is started again", cases };
