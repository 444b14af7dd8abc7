import assert from "node:assert/strict";
import { compareLists } from "../../src/registry/compare.ts";
import { bondKind } from "../../src/registry/kind.ts";
import { isId, matches } from "../../src/registry/search.ts";
import { bond, ulid } from "./coalition.ts";

const signed = ["A", "B"].map((suffix) => bond(suffix));
const now = signed.map((document) => bondKind.listedOf(document));
const newer = bondKind.listedOf(bond("A", { rev: 2, status: "active" }));

const compared = (list: typeof now): { contradictions: unknown; ahead: string[] } => {
  const { contradictions, ahead } = compareLists(bondKind, signed, list);
  return {
    contradictions: [...contradictions].map(([id, { code }]) => [id.slice(-1), code]),
    ahead: ahead.map(({ id, rev }) => `${id.slice(-1)}${rev}`),
  };
};

describe("the list of now beside the signed one", () => {
  it("contradicts nothing where it says the same", () => {
    assert.deepEqual(compared(now), { contradictions: [], ahead: [] });
  });

  it("may be ahead, with new entries and newer revisions", () => {
    const stranger = bondKind.listedOf(bond("C"));

    assert.deepEqual(compared([newer, ...now.slice(1), stranger]), {
      contradictions: [],
      ahead: ["A2", "C1"],
    });
  });

  it("contradicts where an entry is missing, changed or gone back", () => {
    const [first, ...rest] = now;
    const changed = { ...first!, forfeited: { amountMinor: "1", currency: "USD" } } as const;
    const older = { ...first!, rev: 0 };

    assert.deepEqual(compared(rest).contradictions, [["A", "NOW_MISSING"]]);
    assert.deepEqual(compared([changed, ...rest]).contradictions, [["A", "NOW_DIFFERS"]]);
    assert.deepEqual(compared([older, ...rest]).contradictions, [["A", "NOW_DIFFERS"]]);
  });
});

describe("search", () => {
  it("finds every word anywhere, whatever the case and the accents", () => {
    const texts = ["Institut für Großmodelle", "IGM"];
    for (const query of ["", "institut", "FUR groß", "igm institut", "  modelle "])
      assert.ok(matches(texts, query), query);
    for (const query of ["bakery", "institut bakery"]) assert.ok(!matches(texts, query), query);
  });

  it("knows an id when it sees one", () => {
    assert.ok(isId(ulid("A")));
    for (const text of ["", "01JD", `${ulid("A")}0`, ulid("I"), "8".repeat(26)]) assert.ok(!isId(text), text);
  });
});
