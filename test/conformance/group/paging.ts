import type { Case, Group, Scene, Step } from "../case.ts";
import { endorseRefused, evaluateRefused } from "../expected.ts";
import { failure } from "../observed.ts";

interface Page {
  readonly keys: readonly string[];
  /** fabric-shim leaves them out where there is nothing. */
  readonly fetchedRecordsCount?: number;
  readonly bookmark?: string;
}

const sizes = (pages: readonly Page[]) =>
  pages.map(({ keys, fetchedRecordsCount, bookmark }) => [
    keys.length,
    fetchedRecordsCount ?? null,
    bookmark?.split("/").at(-1) ?? null,
  ]);

/** A page after the other, each from where the one before ended. */
async function pages({ alice, key }: Scene, count: number, size: number): Promise<unknown> {
  await alice.submit(["many", key, String(count)]);
  const found: Page[] = [];
  let bookmark = "";
  do {
    const page = (await alice.evaluate(["page", key, `${key}~`, String(size), bookmark])) as Page;
    found.push(page);
    bookmark = page.bookmark ?? "";
  } while (bookmark !== "" && found.length < 5);
  const all = found.flatMap(({ keys }) => keys);
  return { pages: sizes(found), isWhole: new Set(all).size === count && all.length === count };
}

const paged: readonly Case[] = [
  {
    does: "of one comes one by one",
    run: (scene) => pages(scene, 2, 1),
    gives: {
      pages: [
        [1, 1, "001"],
        [1, 1, ""],
      ],
      isWhole: true,
    },
  },
  {
    does: "of 100 holds a hundred, and no more come",
    run: (scene) => pages(scene, 100, 100),
    gives: { pages: [[100, 100, ""]], isWhole: true },
  },
  {
    does: "of 100 leaves the hundred and first to the next",
    run: (scene) => pages(scene, 101, 100),
    gives: {
      pages: [
        [100, 100, "100"],
        [1, 1, ""],
      ],
      isWhole: true,
    },
  },
  {
    does: "of 101 holds 101",
    run: (scene) => pages(scene, 102, 101),
    gives: {
      pages: [
        [101, 101, "101"],
        [1, 1, ""],
      ],
      isWhole: true,
    },
  },
  {
    does: "of nothing is empty",
    run: (scene) => pages(scene, 0, 10),
    gives: { pages: [[0, null, null]], isWhole: true },
  },
  {
    does: "comes again with the same bookmark, and from another start",
    run: async ({ alice, key }) => {
      await alice.submit(["many", key, "5"]);
      const ask = async (...[start, end, size, bookmark]: [string, string, string, string]) =>
        ((await alice.evaluate(["page", start, end, size, bookmark])) as Page).keys.map((each) =>
          each.slice(-3),
        );
      return [
        await ask(key, `${key}~`, "2", `${key}002`),
        await ask(key, `${key}~`, "2", `${key}002`),
        await ask(`${key}004`, `${key}~`, "2", `${key}001`),
        await ask(key, `${key}002`, "9", `${key}003`),
        await ask(key, `${key}~`, "2", `${key}0015`),
      ];
    },
    gives: [["002", "003"], ["002", "003"], ["001", "002"], [], ["002", "003"]],
  },
  {
    does: "of size 0 is empty, and of less refused",
    run: async ({ alice, key }) => {
      await alice.submit(["many", key, "3"]);
      const ask = (size: string) =>
        failure(
          alice
            .evaluate(["page", key, `${key}~`, size, ""])
            .then((page) => JSON.stringify(sizes([page as Page]))),
        );
      return [await ask("0"), await ask("-1")];
    },
    gives: ["[[3,null,null]]", '[[3,3,""]]'],
  },
  {
    does: "may be read before a write only when nothing is submitted",
    run: async ({ alice, key }) => {
      const steps: Step[] = [
        ["page", key, `${key}~`, "2", ""],
        ["put", key, "1"],
      ];
      return [await failure(alice.endorse(steps)), await failure(alice.evaluate(...steps))];
    },
    gives: [
      endorseRefused(
        "PUT_STATE failed: transaction ID: <hash>: txid [<hash>]: unsuppored transaction. Transaction has already performed a paginated query. Writes are not allowed",
      ),
      evaluateRefused(
        "PUT_STATE failed: transaction ID: <hash>: txid [<hash>]: unsuppored transaction. Transaction has already performed a paginated query. Writes are not allowed",
      ),
    ],
  },
  {
    does: "may not be read after a write",
    run: async ({ alice, key }) => {
      const steps: Step[] = [
        ["put", key, "1"],
        ["page", key, `${key}~`, "2", ""],
      ];
      return [await failure(alice.endorse(steps)), await failure(alice.evaluate(...steps))];
    },
    gives: [
      endorseRefused(
        "GET_STATE_BY_RANGE failed: transaction ID: <hash>: txid [<hash>]: unsuppored transaction. Paginated queries are supported only in a read-only transaction",
      ),
      evaluateRefused(
        "GET_STATE_BY_RANGE failed: transaction ID: <hash>: txid [<hash>]: unsuppored transaction. Paginated queries are supported only in a read-only transaction",
      ),
    ],
  },
  {
    does: "may be submitted where nothing is written",
    run: async ({ alice, key }) => {
      await alice.submit(["many", key, "3"]);
      return alice.code([["page", key, `${key}~`, "2", ""]]);
    },
    gives: 0,
  },
];

const ranges: readonly Case[] = [
  {
    does: "of a range holds its start and not its end",
    run: async ({ alice, key }) => {
      await alice.submit(["many", key, "4"]);
      const ask = async (start: string, end: string) =>
        ((await alice.evaluate(["range", start, end])) as [string, string][]).map(([each]) => each.slice(-3));
      return [
        await ask(`${key}001`, `${key}003`),
        await ask(`${key}003`, `${key}001`),
        await ask(`${key}001`, `${key}001`),
      ];
    },
    gives: [["001", "002"], [], []],
  },
  {
    does: "of a range with empty bounds holds no composite keys",
    run: async ({ alice, key }) => {
      await alice.submit(["put", `!${key}`, "1"], ["putComposite", "kind", key], ["put", `~${key}`, "1"]);
      const all = (await alice.evaluate(["range", "", ""])) as [string, string][];
      const from = (await alice.evaluate(["range", `~${key}`, ""])) as [string, string][];
      const until = (await alice.evaluate(["range", "", `!${key}~`])) as [string, string][];
      const has = (entries: [string, string][], wanted: string) => entries.some(([each]) => each === wanted);
      return {
        all: [has(all, `!${key}`), has(all, `~${key}`), all.some(([each]) => each.startsWith("\u0000"))],
        from: [has(from, `!${key}`), has(from, `~${key}`)],
        until: [has(until, `!${key}`), has(until, `~${key}`)],
      };
    },
    gives: { all: [true, true, false], from: [false, true], until: [true, false] },
  },
  {
    does: "of more than one batch comes whole",
    run: async ({ alice, key }) => {
      await alice.submit(["many", key, "250"]);
      const all = (await alice.evaluate(["range", key, `${key}~`])) as [string, string][];
      return [all.length, all.every(([each], at) => each === `${key}${String(at).padStart(3, "0")}`)];
    },
    gives: [250, true],
  },
  {
    does: "does not see what the transaction itself writes",
    run: async ({ alice, key }) => alice.evaluate(["put", `${key}a`, "1"], ["range", key, `${key}~`]),
    gives: [null, []],
  },
];

const composite: readonly Case[] = [
  {
    does: "of a partial composite key holds what begins with its attributes, whole ones",
    run: async ({ alice, key }) => {
      await alice.submit(
        ["putComposite", "pair", key, "1"],
        ["putComposite", "pair", `${key}1`],
        ["putComposite", "pair", key],
        ["putComposite", "other", key, "1"],
      );
      return JSON.parse(
        JSON.stringify(await alice.evaluate(["partial", "pair", key])).replaceAll(key, ""),
      ) as unknown;
    },
    gives: [
      { objectType: "pair", attributes: [""] },
      { objectType: "pair", attributes: ["", "1"] },
    ],
  },
  {
    does: "of a partial composite key comes in pages",
    run: async ({ alice, key }) => {
      for (const n of ["1", "2", "3"]) await alice.submit(["putComposite", "trio", key, n]);
      type Attributes = { attributes: string[][]; fetchedRecordsCount: number; bookmark: string };
      const first = (await alice.evaluate(["partialPage", "trio", key, "2", ""])) as Attributes;
      const second = (await alice.evaluate(["partialPage", "trio", key, "2", first.bookmark])) as Attributes;
      return [first, second].map(({ attributes, fetchedRecordsCount, bookmark }) => [
        attributes.map(([, n]) => n),
        fetchedRecordsCount,
        Buffer.from(bookmark.replace(key, "<key>")).toString("hex"),
      ]);
    },
    gives: [
      [["1", "2"], 2, "007472696f003c6b65793e003300"],
      [["3"], 1, ""],
    ],
  },
  {
    does: "of a composite key without attributes, or with those of any script",
    run: async ({ alice, key }) => {
      const kind = `kind of ${key}`;
      await alice.submit(
        ["putComposite", kind],
        ["putComposite", kind, " "],
        ["putComposite", kind, "条約", "🕊"],
      );
      return ((await alice.evaluate(["partial", kind])) as { attributes: string[] }[]).map(
        ({ attributes }) => attributes,
      );
    },
    gives: [[], [" "], ["条約", "🕊"]],
  },
  {
    does: "of a composite key needs a type and attributes that are not empty",
    run: async ({ alice }) => [
      await failure(alice.evaluate(["putComposite", ""])),
      await failure(alice.evaluate(["putComposite", "kind", ""])),
    ],
    gives: [
      evaluateRefused("object type or attribute not a non-zero length string"),
      evaluateRefused("object type or attribute not a non-zero length string"),
    ],
  },
];

export const paging: Group = { title: "a page", cases: [...paged, ...ranges, ...composite] };
