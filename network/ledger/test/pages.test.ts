import assert from "node:assert/strict";
import { encodeCanonical, text } from "@comity/protocol";
import { pagesOf, readAll } from "../src/index.ts";

const pages: Record<string, unknown> = {
  "": { items: ["a", "b"], bookmark: "next" },
  next: { items: ["c"], bookmark: "" },
};

function ledgerOf(answers: Record<string, unknown>): {
  asked: string[][];
  evaluate(transaction: string, ...args: string[]): Promise<Uint8Array>;
} {
  const asked: string[][] = [];
  const evaluate = (...call: string[]): Promise<Uint8Array> => {
    asked.push(call);
    return Promise.resolve(encodeCanonical(answers[call.at(-1) ?? ""]));
  };
  return { asked, evaluate };
}

const pagesIn = (ledger: ReturnType<typeof ledgerOf>) => pagesOf(ledger, "notice:List", text(10), "first");

describe("A listing", () => {
  it("is read page after page, until no bookmark is left", async () => {
    const ledger = ledgerOf(pages);

    assert.deepEqual(await readAll(ledger, "notice:List", text(10), "first"), ["a", "b", "c"]);
    assert.deepEqual(ledger.asked, [
      ["notice:List", "first", "100", ""],
      ["notice:List", "first", "100", "next"],
    ]);
  });

  it("is asked for no page that nobody takes", async () => {
    const ledger = ledgerOf(pages);

    for await (const { items } of pagesIn(ledger)) if (items.length > 0) break;

    assert.equal(ledger.asked.length, 1);
  });

  it("is refused where an answer is no page", async () => {
    const ledger = ledgerOf({ "": { items: ["longer than ten"], bookmark: "" } });

    await assert.rejects(readAll(ledger, "notice:List", text(10)), { code: "DOCUMENT_INVALID" });
  });
});
