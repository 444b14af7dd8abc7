import { generateKeyPairSync } from "node:crypto";
import { common } from "@hyperledger/fabric-protos";
import type { Group } from "../case.ts";
import { answersIn, argumentsOf, codeOf } from "../network/caller.ts";
import { channel, probe } from "../network/names.ts";

export const good: Group = {
  title: "a transaction that is in order",
  cases: [
    {
      does: "gives its answer and writes",
      run: async ({ alice, key }) => [
        await alice.submit(["put", key, "1"]),
        await alice.evaluate(["get", key]),
      ],
      gives: [null, "1"],
    },
    {
      does: "is valid with code 0, and its status says so again",
      run: async ({ alice, key }) => {
        const commit = await (await alice.endorse([["put", key, "1"]])).submit();
        const [once, again] = [await commit.getStatus(), await commit.getStatus()];
        return [once.code, once.successful, again.code, once.blockNumber === again.blockNumber];
      },
      gives: [0, true, 0, true],
    },
    {
      does: "does not see its own writes",
      run: async ({ alice, key }) => {
        await alice.submit(["put", key, "before"]);
        return alice.submit(["put", key, "after"], ["get", key], ["delete", key], ["get", key]);
      },
      gives: [null, "before", null, "before"],
    },
    {
      does: "keeps the last of several writes of one key",
      run: async ({ alice, key }) => {
        await alice.submit(["put", key, "1"], ["delete", key], ["put", key, "2"]);
        const kept = await alice.evaluate(["get", key]);
        await alice.submit(["put", key, "3"], ["delete", key]);
        return [kept, await alice.evaluate(["get", key])];
      },
      gives: ["2", ""],
    },
    {
      does: "writes nothing when it is only evaluated",
      run: async ({ alice, key }) => [
        await alice.evaluate(["put", key, "1"]),
        await alice.evaluate(["get", key]),
      ],
      gives: [null, ""],
    },
    {
      does: "may read what is missing and delete it",
      run: async ({ alice, key }) => [
        await alice.submit(["get", key], ["delete", key]),
        await alice.evaluate(["get", key]),
      ],
      gives: [["", null], ""],
    },
    {
      does: "may write nothing at all",
      run: async ({ alice }) => alice.code([]),
      gives: 0,
    },
    {
      does: "tells the chaincode who asks, with attributes, in which channel",
      run: async ({ alice, bob }) => [
        await alice.evaluate(["creator"], ["channel"]),
        await bob.evaluate(["creator"]),
      ],
      gives: [[{ mspId: "XaMSP", role: "officer" }, "comity"], { mspId: "XbMSP", role: "officer" }],
    },
    {
      does: "tells the chaincode its id and the client's time",
      run: async ({ alice }) => {
        const proposal = alice.contract.newProposal("run", argumentsOf([["txId"], ["timestamp"]]));
        const [txId, time] = answersIn(await proposal.evaluate()) as [string, string];
        return [txId === proposal.getTransactionId(), Math.abs(Date.now() - Date.parse(time)) < 60_000];
      },
      gives: [true, true],
    },
    {
      does: "is endorsed by each member's own chaincode, the gateway's first",
      run: async ({ network }) =>
        Promise.all(["xa", "xb", "xc", "xd"].map((id) => network.caller(id).evaluate(["member"]))),
      gives: ["XaMSP", "XbMSP", "XcMSP", "XdMSP"],
    },
    {
      does: "may come from an organisation that endorses nothing",
      run: async ({ network, key }) => {
        const surety = network.caller("xa", network.surety());
        return [await surety.code([["put", key, "1"]]), await surety.evaluate(["creator"])];
      },
      gives: [0, { mspId: "HarbourValeMSP", role: "surety" }],
    },
    {
      does: "may come through another member's gateway",
      run: async ({ network, alice, key }) => network.caller("xc", alice.identity).code([["put", key, "1"]]),
      gives: 0,
    },
    {
      does: "may be signed with an Ed25519 key",
      run: async ({ network, key }) => {
        const { publicKey, privateKey } = generateKeyPairSync("ed25519");
        const spki = publicKey.export({ format: "pem", type: "spki" }).toString();
        const issued = await network.issue("xb", { commonName: "ed", ou: "client", publicKey: spki });
        const privateKeyPem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
        return network.caller("xb", { ...issued, privateKeyPem }).code([["put", key, "1"]]);
      },
      gives: 0,
    },
    {
      does: "that is only evaluated may be asked of the organisation that the client names",
      run: async ({ alice }) => {
        const steps = argumentsOf([["member"]]);
        const asked = { ...steps, endorsingOrganizations: ["XcMSP"] };
        return answersIn(await alice.contract.evaluate("run", asked));
      },
      gives: "XcMSP",
    },
    {
      does: "may be endorsed by exactly the organisations that the client names",
      run: async ({ alice, key }) => {
        const named = { endorsingOrganizations: ["XbMSP", "XcMSP", "XdMSP"] };
        return codeOf(await alice.endorse([["put", key, "1"]], named));
      },
      gives: 0,
    },
    {
      does: "has transient data for the chaincode, of which the block keeps nothing",
      run: async ({ alice, key }) => {
        const secret = `secret of ${key}`;
        const transaction = await alice.endorse([["put", key, "1"]], { transientData: { value: secret } });
        const status = await (await transaction.submit()).getStatus();
        const qscc = alice.network.getContract("qscc");
        const block = await qscc.evaluateTransaction("GetBlockByNumber", channel, String(status.blockNumber));
        const seen = await alice.contract.evaluate("run", {
          ...argumentsOf([["transient", "value"]]),
          transientData: { value: "seen" },
        });
        return [status.code, answersIn(seen), Buffer.from(block).includes(secret)];
      },
      gives: [0, "seen", false],
    },
    {
      does: "may give an answer and a value of 2 MiB",
      run: async ({ alice, key }) => {
        const answer = (await alice.evaluate(["bigReply", String(2 * 2 ** 20)])) as string;
        return [answer.length, await alice.code([["big", key, String(2 * 2 ** 20)]])];
      },
      gives: [2 * 2 ** 20, 0],
    },
    {
      does: "may answer with any status below 400, which the client gets as a result",
      run: async ({ alice }) => {
        const reply = argumentsOf([["reply", "399", "so so", "payload"]]);
        return Buffer.from(await alice.contract.submit("run", reply)).toString();
      },
      gives: "payload",
    },
    {
      does: "is in a block that qscc gives by number, hash and transaction",
      run: async ({ alice, key }) => {
        const transaction = await alice.endorse([["put", key, "1"]]);
        const { blockNumber } = await (await transaction.submit()).getStatus();
        const qscc = alice.network.getContract("qscc");
        const ask = async (name: string, ...args: (string | Uint8Array)[]) =>
          common.Block.deserializeBinary(await qscc.evaluateTransaction(name, channel, ...args));
        const byNumber = await ask("GetBlockByNumber", String(blockNumber));
        const byTransaction = await ask("GetBlockByTxID", transaction.getTransactionId());
        const next = await ask("GetBlockByNumber", String(blockNumber - 1n));
        const byHash = await ask("GetBlockByHash", byNumber.getHeader()?.getPreviousHash_asU8() ?? "");
        return [
          byNumber.getHeader()?.getNumber() === byTransaction.getHeader()?.getNumber(),
          byHash.getHeader()?.getNumber() === next.getHeader()?.getNumber(),
          probe,
        ];
      },
      gives: [true, true, probe],
    },
  ],
};
