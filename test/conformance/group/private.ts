import { createHash } from "node:crypto";
import { StatusCode } from "@hyperledger/fabric-gateway";
import type { Caller, Case, Group, Step } from "../case.ts";
import { endorseRefused, evaluateRefused } from "../expected.ts";
import { answersIn, argumentsOf, codeOf } from "../network/caller.ts";
import { channel, collection } from "../network/names.ts";
import { failure } from "../observed.ts";

const put = (caller: Caller, key: string, value: string, more: readonly Step[] = []) =>
  caller.endorse([["privatePut", collection, key], ...more], { transientData: { value } });

async function hold(caller: Caller, key: string, value: string): Promise<void> {
  const { code } = await (await (await put(caller, key, value)).submit()).getStatus();
  if (code !== StatusCode.VALID) throw new Error(`private data was not written: ${code}`);
}

const get = (caller: Caller, key: string) => caller.evaluate(["privateGet", collection, key]);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const values: readonly Case[] = [
  {
    does: "is written, and every member reads it and its hash",
    run: async ({ network, alice, key }) => {
      await hold(alice, key, "secret");
      // Another member's peer may be a block behind.
      const readers = ["xa", "xb", "xc", "xd"].map((id) => network.caller(id));
      const read = await Promise.all(
        readers.map((reader) =>
          network.until("the private value is everywhere", async () => {
            const [value, hash] = (await reader.evaluate(
              ["privateGet", collection, key],
              ["privateHash", collection, key],
            )) as [string, string];
            return value === "" ? undefined : [value, hash === sha256("secret")];
          }),
        ),
      );
      return read;
    },
    gives: Array.from({ length: 4 }, () => ["secret", true]),
  },
  {
    does: "is not in the block",
    run: async ({ alice, key }) => {
      const transaction = await put(alice, key, `the secret of ${key}`);
      const { blockNumber, code } = await (await transaction.submit()).getStatus();
      const qscc = alice.network.getContract("qscc");
      const block = Buffer.from(
        await qscc.evaluateTransaction("GetBlockByNumber", channel, String(blockNumber)),
      );
      const hash = createHash("sha256").update(`the secret of ${key}`).digest();
      return [code, block.includes(`the secret of ${key}`), block.includes(hash)];
    },
    gives: [StatusCode.VALID, false, true],
  },
  {
    does: "that is missing is empty, and so is its hash",
    run: ({ alice, key }) =>
      alice.evaluate(["privateGet", collection, key], ["privateHash", collection, key]),
    gives: ["", ""],
  },
  {
    does: "is not read by the transaction that writes it",
    run: async ({ alice, key }) => {
      const transient = { transientData: { value: "new" } };
      const steps: Step[] = [
        ["privatePut", collection, key],
        ["privateGet", collection, key],
      ];
      return answersIn(await alice.contract.evaluate("run", { ...argumentsOf(steps), ...transient }));
    },
    gives: [null, ""],
  },
  {
    does: "is deleted, and its hash with it",
    run: async ({ alice, key }) => {
      await hold(alice, key, "secret");
      const code = await alice.code([["privateDelete", collection, key]]);
      return [code, await alice.evaluate(["privateGet", collection, key], ["privateHash", collection, key])];
    },
    gives: [0, ["", ""]],
  },
  {
    does: "is purged, and its hash with it",
    run: async ({ alice, key }) => {
      await hold(alice, key, "secret");
      const code = await alice.code([["privatePurge", collection, key]]);
      return [code, await alice.evaluate(["privateGet", collection, key], ["privateHash", collection, key])];
    },
    gives: [0, ["", ""]],
  },
  {
    does: "that is missing may be deleted and purged",
    run: ({ alice, key }) =>
      alice.code([
        ["privateDelete", collection, key],
        ["privatePurge", collection, `${key}b`],
      ]),
    gives: 0,
  },
  {
    does: "comes in ranges",
    run: async ({ alice, key }) => {
      for (const n of ["a", "b", "c"]) await hold(alice, key + n, n);
      return (
        (await alice.evaluate(["privateRange", collection, `${key}a`, `${key}c`])) as [string, string][]
      ).map(([each, value]) => [each.slice(key.length), value]);
    },
    gives: [
      ["a", "a"],
      ["b", "b"],
    ],
  },
  {
    does: "comes by partial composite key",
    run: async ({ alice, key }) => {
      await alice.submit(
        ["privatePutComposite", collection, "pair", key, "1"],
        ["privatePutComposite", collection, "pair", key, "2"],
      );
      return ((await alice.evaluate(["privatePartial", collection, "pair", key])) as string[][]).map(
        ([, n]) => n,
      );
    },
    gives: ["1", "2"],
  },
  {
    does: "and the world state's of the same key are two",
    run: async ({ alice, key }) => {
      await hold(alice, key, "private");
      await alice.submit(["put", key, "public"]);
      return alice.evaluate(["get", key], ["privateGet", collection, key]);
    },
    gives: ["public", "private"],
  },
];

const conflicts: readonly Case[] = [
  {
    does: "conflicts like any other where it is read and has changed",
    run: async ({ alice, key }) => {
      await hold(alice, key, "1");
      const late = await put(alice, key, "late", [["privateGet", collection, key]]);
      await hold(alice, key, "2");
      return [await codeOf(late), await get(alice, key)];
    },
    gives: [11, "2"],
  },
  {
    does: "conflicts where its hash is read and it has changed",
    run: async ({ alice, key }) => {
      await hold(alice, key, "1");
      const late = await alice.endorse([
        ["privateHash", collection, key],
        ["put", key, "late"],
      ]);
      await hold(alice, key, "2");
      return codeOf(late);
    },
    gives: 11,
  },
  {
    does: "in a range may be read by a transaction that writes private data",
    run: async ({ alice, key }) => {
      await hold(alice, `${key}a`, "1");
      return failure(put(alice, `${key}b`, "1", [["privateRange", collection, key, `${key}~`]]));
    },
    gives: endorseRefused(
      "GET_STATE_BY_RANGE failed: transaction ID: <hash>: txid [<hash>]: unsuppored transaction. Queries on pvt data is supported only in a read-only transaction",
    ),
  },
];

const refused: readonly Case[] = [
  {
    does: "of a collection that is not there is refused",
    run: async ({ alice, key }) => [
      await failure(alice.endorse([["privatePut", "nobody", key]])),
      await failure(alice.evaluate(["privateGet", "nobody", key])),
      await failure(alice.evaluate(["privateHash", "nobody", key])),
    ],
    gives: [
      endorseRefused(
        "PUT_STATE failed: transaction ID: <hash>: collection comity/probe/nobody could not be found",
      ),
      evaluateRefused(
        "GET_STATE failed: transaction ID: <hash>: collection comity/probe/nobody could not be found",
      ),
      evaluateRefused(
        "GET_PRIVATE_DATA_HASH failed: transaction ID: <hash>: collection [nobody] not defined in the collection config for chaincode [probe]",
      ),
    ],
  },
  {
    does: "without a collection or a key is refused",
    run: async ({ alice, key }) => [
      await failure(alice.evaluate(["privatePut", "", key])),
      await failure(alice.evaluate(["privatePut", collection, ""])),
      await failure(alice.evaluate(["privateGet", collection, ""])),
      await failure(alice.evaluate(["privateGet", "", key])),
    ],
    gives: [
      evaluateRefused("collection must be a valid string"),
      evaluateRefused("key must be a valid string"),
      evaluateRefused("key must be a valid string"),
      evaluateRefused("collection must be a valid string"),
    ],
  },
  {
    does: "is not for an organisation outside, which may know its hash",
    run: async ({ network, alice, key }) => {
      await hold(alice, key, "secret");
      const surety = network.caller("xa", network.surety());
      return [
        await failure(surety.evaluate(["privateGet", collection, key])),
        await failure(surety.endorse([["privatePut", collection, key]])),
        await surety.evaluate(["privateHash", collection, key]),
      ];
    },
    gives: [
      evaluateRefused(
        "GET_STATE failed: transaction ID: <hash>: tx creator does not have read access permission on privatedata in chaincodeName:probe collectionName: members",
      ),
      endorseRefused(
        "PUT_STATE failed: transaction ID: <hash>: tx creator does not have write access permission on privatedata in chaincodeName:probe collectionName: members",
      ),
      "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
    ],
  },
  {
    does: "is refused rich queries",
    run: ({ alice }) => failure(alice.evaluate(["privateRich", collection, "{}"])),
    gives: evaluateRefused(
      "GET_QUERY_RESULT failed: transaction ID: <hash>: ExecuteQuery not supported for leveldb",
    ),
  },
];

export const privateData: Group = { title: "private data", cases: [...values, ...conflicts, ...refused] };
