import type { Case, Group } from "../case.ts";

interface Change {
  readonly value: string;
  readonly isDelete: boolean;
  readonly hasId: boolean;
}

const short = (changes: unknown) =>
  (changes as Change[]).map(
    ({ value, isDelete, hasId }) => `${isDelete ? "deleted" : value}${hasId ? "" : "?"}`,
  );

const cases: readonly Case[] = [
  {
    does: "of a key holds its changes, the newest first",
    run: async ({ alice, key }) => {
      for (const value of ["1", "2", "3"]) await alice.submit(["put", key, value]);
      return short(await alice.evaluate(["history", key]));
    },
    gives: ["3", "2", "1"],
  },
  {
    does: "of a key tells that it was deleted, and came again",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"]);
      await alice.submit(["delete", key]);
      await alice.submit(["put", key, "2"]);
      return short(await alice.evaluate(["history", key]));
    },
    gives: ["2", "deleted", "1"],
  },
  {
    does: "of a key that never was is empty",
    run: async ({ alice, key }) => short(await alice.evaluate(["history", key])),
    gives: [],
  },
  {
    does: "leaves out what was invalid, and what was written in between in one transaction",
    run: async ({ alice, key }) => {
      const late = await alice.endorse([
        ["get", key],
        ["put", key, "late"],
      ]);
      await alice.submit(["put", key, "1"], ["put", key, "2"]);
      await (await late.submit()).getStatus();
      return short(await alice.evaluate(["history", key]));
    },
    gives: ["2"],
  },
  {
    does: "may be read by a transaction that writes, and is not checked again",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"]);
      const reading = await alice.endorse([
        ["history", key],
        ["put", `${key}b`, "1"],
      ]);
      await alice.submit(["put", key, "2"]);
      return (await (await reading.submit()).getStatus()).code;
    },
    gives: 0,
  },
  {
    does: "of a key that begins like another's holds its own alone",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"], ["put", `${key}a`, "a"], ["put", `${key}\u0000`, "0"]);
      return short(await alice.evaluate(["history", key]));
    },
    gives: ["1"],
  },
];

export const history: Group = { title: "the history", cases };
