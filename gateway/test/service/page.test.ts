import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeCursor, encodeCursor, type Page, readPage } from "../../src/service/page.ts";
import { currentHeight } from "../../src/service/projectionHealth.ts";
import type { ProjectionView, Written } from "../../src/service/projectionView.ts";
import { foundedLedger, Projections } from "../projection/followed.ts";
import { bond, ulid } from "../registries.ts";
import { type ScriptedLedger, writtenBond } from "../scriptedLedger.ts";

const suffixes = ["A", "B", "C", "D", "E"];

/** Bond A in block 2 … bond E in block 6. */
function ledgerWithBonds(): ScriptedLedger {
  const ledger = foundedLedger();
  for (const suffix of suffixes) ledger.write(writtenBond("bond-posted", bond(suffix)));
  return ledger;
}

const read = (view: ProjectionView, limit: number, cursor?: string): Promise<Page<Written<"bond">>> =>
  readPage(view, { kind: "bond", height: () => currentHeight(view) }, { limit, cursor });

const idsOf = ({ items }: Page<Written<"bond">>): string[] =>
  items.map(({ document }) => document.bondId.slice(-1));

describe("pages", () => {
  const projections = new Projections();

  afterEach(() => projections.clear());

  it("fit together to the whole list, whatever their size", async () => {
    const view = await projections.follow(ledgerWithBonds());

    for (const limit of [1, 2, 5, 6]) {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await read(view, limit, cursor);
        assert.ok(page.items.length <= limit);
        ids.push(...idsOf(page));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(ids, suffixes, String(limit));
    }
  });

  it("stay as of the block in which the list was begun, whatever is written meanwhile", async () => {
    const ledger = ledgerWithBonds();
    const view = await projections.follow(ledger);
    const first = await read(view, 2);
    ledger.write(
      writtenBond("bond-posted", bond("F")),
      writtenBond("bond-accepted", bond("D", { rev: 2, status: "active" })),
    );
    await ledger.followed();

    const second = await read(view, 9, first.nextCursor ?? undefined);

    assert.deepEqual([first.height, second.height, second.nextCursor], [6, 6, null]);
    assert.deepEqual(idsOf(second), ["C", "D", "E"]);
    assert.equal(second.items[1]?.document.status, "posted");
    assert.deepEqual([(await read(view, 9)).height, idsOf(await read(view, 9)).at(-1)], [7, "F"]);
  });

  it("leave out what is not wanted, without becoming shorter", async () => {
    const view = await projections.follow(ledgerWithBonds());
    const isWanted = ({ bondId }: { bondId: string }): boolean => !/[AC]$/.test(bondId);

    const page = await readPage(view, { kind: "bond", height: () => 6, isWanted }, { limit: 2 });

    assert.deepEqual(idsOf(page), ["B", "D"]);
    assert.notEqual(page.nextCursor, null);
  });

  it("give places of lists out in cursors, and take them back", () => {
    const orders = fc.constantFrom("", "1798761600000");
    fc.assert(
      fc.property(fc.nat(), orders, fc.stringMatching(/^[0-9A-Z]{1,26}$/), (height, order, id) => {
        const place = { order, id };
        assert.deepEqual(decodeCursor("bond", encodeCursor("bond", height, place)), { height, after: place });
      }),
    );
  });

  it("refuse cursors that no gateway gave out, and those of other lists", () => {
    const strange = Buffer.from("bond!1!!A!B").toString("base64url");
    const other = encodeCursor("venue", 1, { order: "", id: ulid("A") });
    for (const cursor of ["", "=", "a", "Zm9v=", "_w", "Zm9v Zm9v", strange, other]) {
      assert.throws(() => decodeCursor("bond", cursor), { code: "CURSOR_INVALID" }, cursor);
    }
  });

  it("ask for patience where another gateway is ahead", async () => {
    const view = await projections.follow(ledgerWithBonds());
    const ahead = encodeCursor("bond", 7, { order: "", id: ulid("A") });

    await assert.rejects(read(view, 2, ahead), { code: "PROJECTION_BEHIND" });
  });

  it("are not to be had before the first block", async () => {
    const ledger = foundedLedger();
    ledger.chain.length = 0;
    const view = await projections.follow(ledger);

    await assert.rejects(read(view, 2), { code: "PROJECTION_BEHIND" });
  });
});
