import { StatusCode } from "@hyperledger/fabric-gateway";
import type { Transaction } from "@hyperledger/fabric-gateway";
import type { Case, Caller, Group, Step } from "../case.ts";
import { codeOf } from "../network/caller.ts";

/** The codes of transactions that were endorsed before any of them is sent: in turn each once the one before is committed, so in different blocks. */
async function inTurn(transactions: readonly Transaction[]): Promise<number[]> {
  const codes: number[] = [];
  for (const each of transactions) codes.push(await codeOf(each));
  return codes;
}

/** Sent at once. Whichever comes first, the set of codes is the same. */
async function atOnce(transactions: readonly Transaction[]): Promise<number[]> {
  return (await Promise.all(transactions.map(codeOf))).sort((a, b) => a - b);
}

const endorseAll = (caller: Caller, lists: readonly (readonly Step[])[]): Promise<Transaction[]> =>
  Promise.all(lists.map((steps) => caller.endorse(steps)));

const { MVCC_READ_CONFLICT, PHANTOM_READ_CONFLICT, VALID } = StatusCode;

const keys: readonly Case[] = [
  {
    does: "with a transaction on the same key fails the one that comes second, in another block",
    run: async ({ alice, key }) => {
      const add: Step[] = [
        ["get", key],
        ["put", key, "1"],
      ];
      return inTurn(await endorseAll(alice, [add, add]));
    },
    gives: [VALID, MVCC_READ_CONFLICT],
  },
  {
    does: "fails all but one of five that are sent at once",
    run: async ({ alice, key }) => {
      const lists = [1, 2, 3, 4, 5].map((n): Step[] => [
        ["get", key],
        ["put", key, String(n)],
      ]);
      return atOnce(await endorseAll(alice, lists));
    },
    gives: [VALID, ...Array.from({ length: 4 }, () => MVCC_READ_CONFLICT)],
  },
  {
    does: "fails all but one of four of four members' officers, each at its own gateway",
    run: async ({ network, key }) => {
      const callers = ["xa", "xb", "xc", "xd"].map((id) => network.caller(id));
      const endorsed = callers.map((each) =>
        each.endorse([
          ["get", key],
          ["put", key, "1"],
        ]),
      );
      return atOnce(await Promise.all(endorsed));
    },
    gives: [VALID, ...Array.from({ length: 3 }, () => MVCC_READ_CONFLICT)],
  },
  {
    does: "does not arise between writes that read nothing: the last one stays",
    run: async ({ alice, key }) => {
      const codes = await inTurn(await endorseAll(alice, [[["put", key, "1"]], [["put", key, "2"]]]));
      return [codes, await alice.evaluate(["get", key])];
    },
    gives: [[VALID, VALID], "2"],
  },
  {
    does: "arises where a key that was read as missing has come",
    run: async ({ alice, key }) =>
      inTurn(
        await endorseAll(alice, [
          [["put", key, "1"]],
          [
            ["get", key],
            ["put", `${key}b`, "1"],
          ],
        ]),
      ),
    gives: [VALID, MVCC_READ_CONFLICT],
  },
  {
    does: "arises where a key that was read has been deleted",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"]);
      return inTurn(
        await endorseAll(alice, [
          [["delete", key]],
          [
            ["get", key],
            ["put", `${key}b`, "1"],
          ],
        ]),
      );
    },
    gives: [VALID, MVCC_READ_CONFLICT],
  },
  {
    does: "arises where a key was written with the value that it had",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"]);
      return inTurn(await endorseAll(alice, [[["put", key, "1"]], [["get", key]]]));
    },
    gives: [VALID, MVCC_READ_CONFLICT],
  },
  {
    does: "does not arise between transactions that only read",
    run: async ({ alice, key }) => inTurn(await endorseAll(alice, [[["get", key]], [["get", key]]])),
    gives: [VALID, VALID],
  },
  {
    does: "does not arise from a transaction that was invalid itself",
    run: async ({ alice, key }) => {
      const other = `${key}b`;
      const lists: Step[][] = [
        [
          ["get", key],
          ["put", key, "1"],
        ],
        [
          ["get", key],
          ["put", key, "2"],
          ["put", other, "2"],
        ],
        [
          ["get", other],
          ["put", other, "3"],
        ],
      ];
      return inTurn(await endorseAll(alice, lists));
    },
    gives: [VALID, MVCC_READ_CONFLICT, VALID],
  },
  {
    does: "throws a CommitError's words only where the client asks for the result",
    run: async ({ alice, key }) => {
      const late = await alice.endorse([
        ["get", key],
        ["put", key, "late"],
      ]);
      await alice.submit(["put", key, "early"]);
      const status = await (await late.submit()).getStatus();
      return [status.successful, status.code, await alice.evaluate(["get", key])];
    },
    gives: [false, MVCC_READ_CONFLICT, "early"],
  },
];

const ranges: readonly Case[] = [
  {
    does: "arises where a key has come into a range that was read",
    run: async ({ alice, key }) => {
      const read: Step[] = [
        ["range", key, `${key}~`],
        ["put", `result/${key}`, "1"],
      ];
      return inTurn(await endorseAll(alice, [[["put", `${key}a`, "1"]], read]));
    },
    gives: [VALID, PHANTOM_READ_CONFLICT],
  },
  {
    does: "arises where a key has gone from a range that was read",
    run: async ({ alice, key }) => {
      await alice.submit(["put", `${key}a`, "1"], ["put", `${key}b`, "1"]);
      const read: Step[] = [
        ["range", key, `${key}~`],
        ["put", `result/${key}`, "1"],
      ];
      return inTurn(await endorseAll(alice, [[["delete", `${key}a`]], read]));
    },
    gives: [0, 12],
  },
  {
    does: "arises where a key of a range that was read has changed",
    run: async ({ alice, key }) => {
      await alice.submit(["put", `${key}a`, "1"]);
      const read: Step[] = [
        ["range", key, `${key}~`],
        ["put", `result/${key}`, "1"],
      ];
      return inTurn(await endorseAll(alice, [[["put", `${key}a`, "2"]], read]));
    },
    gives: [0, 12],
  },
  {
    does: "does not arise from a key beside the range",
    run: async ({ alice, key }) => {
      const read: Step[] = [
        ["range", `${key}a`, `${key}b`],
        ["put", `result/${key}`, "1"],
      ];
      return inTurn(await endorseAll(alice, [[["put", `${key}b`, "1"]], read]));
    },
    gives: [VALID, VALID],
  },
  {
    does: "does not arise from what the transaction itself writes into the range",
    run: async ({ alice, key }) =>
      alice.code([
        ["range", key, `${key}~`],
        ["put", `${key}a`, "1"],
      ]),
    gives: VALID,
  },
  {
    does: "arises for composite keys, too",
    run: async ({ alice, key }) => {
      const read: Step[] = [
        ["partial", "kind", key],
        ["put", `result/${key}`, "1"],
      ];
      return inTurn(await endorseAll(alice, [[["putComposite", "kind", key, "1"]], read]));
    },
    gives: [VALID, PHANTOM_READ_CONFLICT],
  },
  {
    does: "arises in a range of more than a hundred keys",
    run: async ({ alice, key }) => {
      await alice.submit(["many", key, "150"]);
      const read: Step[] = [
        ["range", key, `${key}~`],
        ["put", `result/${key}`, "1"],
      ];
      return inTurn(await endorseAll(alice, [[["put", `${key}149x`, "1"]], read]));
    },
    gives: [VALID, PHANTOM_READ_CONFLICT],
  },
];

export const conflict: Group = { title: "a conflict", cases: [...keys, ...ranges] };
