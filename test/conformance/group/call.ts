import { StatusCode } from "@hyperledger/fabric-gateway";
import type { Caller, Case, Group, Step } from "../case.ts";
import { endorseRefused } from "../expected.ts";
import { argumentsOf, answersIn, codeOf } from "../network/caller.ts";
import { probe, second } from "../network/names.ts";
import { failure } from "../observed.ts";

const calling = (chaincode: string, ...steps: readonly Step[]): Step => [
  "call",
  chaincode,
  "",
  JSON.stringify(steps),
];

const inSecond = async (caller: Caller, ...steps: readonly Step[]): Promise<unknown> =>
  answersIn(await caller.network.getContract(second).evaluate("run", argumentsOf(steps)));

const cases: readonly Case[] = [
  {
    does: "gives the other chaincode's answer, and the caller is the same",
    run: ({ alice }) => alice.evaluate(calling(second, ["creator"], ["channel"])),
    gives: { status: 200, message: "", payload: '[{"mspId":"XaMSP","role":"officer"},"comity"]' },
  },
  {
    does: "writes and reads the other's keys, not its own",
    run: async ({ alice, key }) => {
      const code = await alice.code([calling(second, ["put", key, "in the second"])]);
      return [code, await alice.evaluate(["get", key]), await inSecond(alice, ["get", key])];
    },
    gives: [StatusCode.VALID, "", "in the second"],
  },
  {
    does: "and what it comes from write both or nothing",
    run: async ({ alice, key }) => {
      const steps: Step[] = [["put", key, "1"], calling(second, ["get", key], ["put", key, "1"])];
      const [first, late] = [await alice.endorse(steps), await alice.endorse(steps)];
      return [await codeOf(first), await codeOf(late), await inSecond(alice, ["get", key])];
    },
    gives: [StatusCode.VALID, StatusCode.MVCC_READ_CONFLICT, "1"],
  },
  {
    does: "brings the other's refusal to the chaincode, which may go on",
    run: async ({ alice, key }) => [
      await alice.evaluate(calling(second, ["fail", "no"])),
      await alice.code([calling(second, ["put", key, "half"], ["fail", "no"]), ["put", key, "1"]]),
      await inSecond(alice, ["get", key]),
    ],
    gives: [{ status: 500, message: "no", payload: "" }, 0, "half"],
  },
  {
    does: "of a chaincode that is not there is refused",
    run: ({ alice }) => failure(alice.endorse([calling("nobody", ["member"])])),
    gives: endorseRefused(
      "INVOKE_CHAINCODE failed: transaction ID: <hash>: execute failed: invalid invocation: [channel comity] failed to get chaincode container info for nobody: chaincode nobody not found",
    ),
  },
  {
    does: "of itself is refused",
    run: ({ alice, key }) => failure(alice.endorse([calling(probe, ["get", key])])),
    gives: endorseRefused(
      "INVOKE_CHAINCODE failed: transaction ID: <hash>: execute failed: error sending: txid: <hash>(comity) exists",
    ),
  },
  {
    does: "in a channel that is not there is refused",
    run: ({ alice, key }) =>
      failure(alice.endorse([["call", second, "nowhere", JSON.stringify([["get", key]])]])),
    gives: endorseRefused(
      "INVOKE_CHAINCODE failed: transaction ID: <hash>: Failed to get policy manager for channel [nowhere]",
    ),
  },
  {
    does: "of the system's chaincode answers",
    run: async ({ alice }) =>
      failure(alice.evaluate(["call", "qscc", "", "[]"]).then((answer) => JSON.stringify(answer))),
    gives:
      '{"status":500,"message":"Rejecting invoke of QSCC from another chaincode because of potential for deadlocks, original invocation for \'probe\'","payload":""}',
  },
];

export const call: Group = { title: "a call of another chaincode", cases };
