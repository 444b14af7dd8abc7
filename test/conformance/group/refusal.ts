import { StatusCode } from "@hyperledger/fabric-gateway";
import type { Case, Group, Scene, Step } from "../case.ts";
import { endorseRefused, evaluateRefused, refusedBy, tooFew, unordered } from "../expected.ts";
import { argumentsOf } from "../network/caller.ts";
import { failure } from "../observed.ts";

/** What the client is told when endorsers refuse a transaction, and when an evaluation fails. */
async function both({ alice }: Scene, ...steps: readonly Step[]): Promise<unknown> {
  return { endorse: await failure(alice.endorse(steps)), evaluate: await failure(alice.evaluate(...steps)) };
}

const inChaincode: readonly Case[] = [
  {
    does: "is refused with the chaincode's own words",
    run: (scene) => both(scene, ["fail", "CODE: what is wrong"]),
    gives: refusedBy("CODE: what is wrong"),
  },
  {
    does: "is refused without words where the chaincode has none",
    run: (scene) => both(scene, ["fail", ""]),
    gives: { endorse: endorseRefused(""), evaluate: "GatewayError UNKNOWN:  [chaincode response 500, ]" },
  },
  {
    does: "is refused with any status from 400",
    run: (scene) => both(scene, ["reply", "400", "not like this", "ignored"]),
    gives: refusedBy("not like this", 400),
  },
  {
    does: "is refused where the chaincode does not know the transaction",
    run: ({ alice }) => failure(alice.contract.submitTransaction("nobody:Knows", "this")),
    gives: endorseRefused("there is no transaction nobody:Knows"),
  },
  {
    does: "is refused with a long text whole",
    run: async ({ alice }) =>
      (await failure(alice.endorse([["fail", "long ".repeat(2_000)]]))).split("long").length - 1,
    gives: 2000,
  },
  {
    does: "is refused with words that are not ASCII",
    run: (scene) => both(scene, ["fail", "straße, 条約, 🕊"]),
    gives: refusedBy("straße, 条約, 🕊"),
  },
  {
    does: "is refused where all members but one answer alike and too few are left",
    run: ({ alice }) => failure(alice.endorse([["differ", "XaMSP", "XbMSP"]])),
    gives: tooFew("ProposalResponsePayloads do not match"),
  },
  {
    does: "is endorsed by the others where one member answers otherwise",
    run: ({ alice, key }) =>
      alice.code([
        ["differ", "XcMSP"],
        ["put", key, "1"],
      ]),
    gives: StatusCode.VALID,
  },
  {
    does: "is refused where the members write different things",
    run: ({ alice, key }) => failure(alice.endorse([["differIn", key]])),
    gives: tooFew("ProposalResponsePayloads do not match"),
  },
  {
    does: "is refused where the members' answers differ",
    run: ({ alice }) => failure(alice.endorse([["member"]])),
    gives: tooFew("ProposalResponsePayloads do not match"),
  },
];

const outside: readonly Case[] = [
  {
    does: "is refused where there is no such chaincode",
    run: async ({ alice }) => {
      const contract = alice.network.getContract("nobody");
      return {
        endorse: await failure(contract.submitTransaction("run")),
        evaluate: await failure(contract.evaluateTransaction("run")),
      };
    },
    gives: {
      endorse:
        "EndorseError FAILED_PRECONDITION: no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode nobody in channel comity",
      evaluate:
        "GatewayError FAILED_PRECONDITION: no peers available to evaluate chaincode nobody in channel comity",
    },
  },
  {
    does: "is refused where there is no such channel",
    run: async ({ alice }) => {
      const contract = alice.gateway.getNetwork("nowhere").getContract("probe");
      return {
        endorse: await failure(contract.submitTransaction("run")),
        evaluate: await failure(contract.evaluateTransaction("run")),
      };
    },
    gives: {
      endorse:
        "EndorseError FAILED_PRECONDITION: no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode probe in channel nowhere",
      evaluate:
        "GatewayError UNAVAILABLE: failed to get config for channel [nowhere]: could not get last config for channel nowhere",
    },
  },
  {
    does: "is refused where no such organisation is there to endorse",
    run: ({ alice, key }) =>
      failure(alice.endorse([["put", key, ""]], { endorsingOrganizations: ["NobodyMSP"] })),
    gives: "EndorseError UNAVAILABLE: failed to find any endorsing peers for org(s): NobodyMSP",
  },
  {
    does: "is refused where no such organisation is there to answer",
    run: ({ alice }) =>
      failure(
        alice.contract.evaluate("run", {
          ...argumentsOf([["member"]]),
          endorsingOrganizations: ["NobodyMSP"],
        }),
      ),
    gives:
      "GatewayError FAILED_PRECONDITION: no peers available to evaluate chaincode probe in channel comity",
  },
  {
    does: "is refused where an organisation that is named endorses nothing",
    run: ({ alice, key }) =>
      failure(alice.endorse([["put", key, ""]], { endorsingOrganizations: ["HarbourValeMSP"] })),
    gives: "EndorseError UNAVAILABLE: failed to find any endorsing peers for org(s): HarbourValeMSP",
  },
  {
    does: "names in its details the endorser that refused it",
    run: async ({ alice, network }) => {
      const error = await alice.endorse([["fail", "no"]]).catch((caught: unknown) => caught);
      const { details } = error as { details: { address: string; mspId: string }[] };
      const port = network.member("xa").ports.ledger;
      return details.map(({ address, mspId }) => [address === `127.0.0.1:${port}`, mspId]);
    },
    gives: [[true, "XaMSP"]],
  },
  {
    does: "is refused by the system chaincode for what the channel does not have",
    run: async ({ alice }) => {
      const qscc = alice.network.getContract("qscc");
      const ask = (...[name, ...args]: [string, ...string[]]) =>
        failure(qscc.evaluateTransaction(name, ...args));
      return [
        await ask("GetBlockByNumber", "comity", "999999"),
        await ask("GetBlockByNumber", "comity", "nine"),
        await ask("GetTransactionByID", "comity", "ab".repeat(32)),
        await ask("GetBlockByTxID", "comity", "ab".repeat(32)),
        await ask("GetChainInfo", "nowhere"),
        await ask("GetNothing", "comity", "1"),
        await ask("GetBlockByNumber", "comity"),
      ];
    },
    gives: [
      evaluateRefused("Failed to get block number 999999, error no such block number [999999] in index"),
      evaluateRefused(
        'Failed to parse block number with error strconv.ParseUint: parsing "nine": invalid syntax',
      ),
      evaluateRefused(
        "Failed to get transaction with id <hash>, error no such transaction ID [<hash>] in index",
      ),
      evaluateRefused("Failed to get block for txID <hash>, error no such transaction ID [<hash>] in index"),
      evaluateRefused("Invalid chain ID, nowhere"),
      evaluateRefused("access denied for [GetNothing][comity]: [Unmapped policy for qscc/GetNothing]"),
      evaluateRefused("missing 3rd argument for GetBlockByNumber"),
    ],
  },
  {
    does: "of the system chaincode can be evaluated only",
    run: ({ alice }) =>
      failure(alice.network.getContract("qscc").submitTransaction("GetChainInfo", "comity")),
    gives:
      "EndorseError FAILED_PRECONDITION: no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode qscc in channel comity",
  },
];

const values: readonly Case[] = [
  {
    does: "may write, read and delete an empty key",
    run: async ({ alice }) => {
      const codes = [await alice.code([["put", "", "v"]])];
      const read = await alice.evaluate(["get", ""]);
      return [...codes, read, await alice.code([["delete", ""]])];
    },
    gives: [0, "v", 0],
  },
  {
    does: "may write an empty value, which then is not there",
    run: async ({ alice, key }) => [
      await alice.code([["put", key, ""]]),
      await alice.evaluate(["get", key], ["range", key, `${key}~`]),
    ],
    gives: [0, ["", []]],
  },
  {
    does: "keeps keys with U+0000, U+10FFFF and text of any script apart",
    run: async ({ alice, key }) => {
      const keys = [`${key}a\u0000`, `${key}a\u{10FFFF}`, `${key}条約`, `${key}🕊`, `${key}"\\%`];
      for (const each of keys)
        await alice.submit(["put", each, Buffer.from(each.slice(key.length)).toString("hex")]);
      const read = await Promise.all(keys.map((each) => alice.evaluate(["get", each])));
      const entries = (await alice.evaluate(["range", key, `${key}\u{10FFFF}`])) as [string, string][];
      return { read, order: entries.map(([each]) => Buffer.from(each.slice(key.length)).toString("hex")) };
    },
    gives: {
      read: ["6100", "61f48fbfbf", "e69da1e7b484", "f09f958a", "225c25"],
      order: ["225c25", "6100", "61f48fbfbf", "e69da1e7b484", "f09f958a"],
    },
  },
  {
    does: "may write a key that begins as composite ones do, and ranges do not find it",
    run: async ({ alice, key }) => [
      await alice.code([["put", `\u0000${key}`, "v"]]),
      await alice.evaluate(["get", `\u0000${key}`]),
    ],
    gives: [0, "v"],
  },
  {
    does: "is refused with a transaction above the orderers' limit",
    run: async ({ alice, key }) => {
      const endorsed = await alice.endorse([["big", key, String(10 * 2 ** 20 + 1)]]);
      return failure(endorsed.submit());
    },
    gives: unordered(
      "BAD_REQUEST",
      "message payload is <n> bytes and exceeds maximum allowed 10485760 bytes",
      "SubmitError",
    ),
  },
  {
    does: "is refused a rich query, which this kind of state database has not",
    run: (scene) => both(scene, ["rich", "{}"]),
    gives: refusedBy(
      "GET_QUERY_RESULT failed: transaction ID: <hash>: ExecuteQuery not supported for leveldb",
    ),
  },
];

export const refusal: Group = { title: "a transaction", cases: [...inChaincode, ...outside, ...values] };
