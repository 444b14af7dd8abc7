import assert from "node:assert/strict";
import { text } from "@comity/protocol";
import fc from "fast-check";
import { bookmarkOf, cursorOf, readPage } from "../../src/service/page.ts";
import { ScriptedLedger } from "../scriptedLedger.ts";

describe("pages", () => {
  it("give the ledger's bookmark back, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 }), (bookmark) => {
        assert.equal(bookmarkOf(cursorOf(bookmark) ?? ""), bookmark);
      }),
    );
  });

  it("ask the ledger for the size and the place that the visitor asked for", async () => {
    const ledger = new ScriptedLedger({ "notice:List": () => ({ items: ["a"], bookmark: "next" }) });

    const page = await readPage(ledger, "notice:List", text(5), { limit: 7, cursor: cursorOf("here") ?? "" });

    assert.deepEqual(ledger.asked, ["notice:List 7 here"]);
    assert.deepEqual(page, { items: ["a"], nextCursor: cursorOf("next") });
  });

  it("end with a null cursor", async () => {
    const ledger = new ScriptedLedger({ "notice:List": () => ({ items: [], bookmark: "" }) });

    assert.equal((await readPage(ledger, "notice:List", text(5), { limit: 7 })).nextCursor, null);
  });

  it("refuse cursors that no gateway gave out", () => {
    for (const cursor of ["", "=", "a", "Zm9v=", "_w", "Zm9v Zm9v", cursorOf("x".repeat(600)) ?? ""]) {
      assert.throws(() => bookmarkOf(cursor), { code: "CURSOR_INVALID" }, cursor);
    }
  });

  it("refuse an answer of the ledger that is not what its contract promises", async () => {
    for (const answer of [{ items: [1], bookmark: "" }, { items: [] }, new Uint8Array([123])]) {
      const ledger = new ScriptedLedger({ "notice:List": () => answer });
      const reading = readPage(ledger, "notice:List", text(5), { limit: 7 });
      await assert.rejects(reading, { code: "LEDGER_ANSWER_MALFORMED" });
    }
  });
});
