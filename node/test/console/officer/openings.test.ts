import assert from "node:assert/strict";
import { encodeCanonical, parseMemberId } from "@comity/protocol";
import { requestedOpenings } from "../../../src/console/officer/openings.ts";

const own = parseMemberId("xa");

function opening(cell: string, requestedBy: string, status: "requested" | "approved") {
  const cellHash = cell.repeat(32);
  return {
    ...{ schemaVersion: 1, rev: 1, openingId: `${cellHash}.${requestedBy}`, cellHash, requestedBy, status },
    ...{
      sealingKey: "00".repeat(1216),
      reason: "It names a site.",
      requestedMs: 1_800_000_000_000,
      approvals: [],
    },
  };
}

describe("the openings that wait for an officer", () => {
  it("are what others ask for and nobody has approved, from all pages, the newest first", async () => {
    const pages: Record<string, unknown> = {
      "": { items: [opening("01", "xb", "requested"), opening("02", "xc", "approved")], bookmark: "more" },
      more: { items: [opening("03", "xa", "requested"), opening("04", "xd", "requested")], bookmark: "" },
    };
    const ledger = {
      evaluate: (...[, , bookmark = ""]: string[]) => Promise.resolve(encodeCanonical(pages[bookmark])),
    };

    const { found, isWhole } = await requestedOpenings(ledger, own);

    assert.ok(isWhole);
    assert.deepEqual(
      found.map(({ cellHash, requestedBy }) => `${cellHash.slice(0, 2)} ${requestedBy}`),
      ["04 xd", "01 xb"],
    );
  });

  it("are not all where the ledger does not answer, or not what it should", async () => {
    const silent = { evaluate: () => Promise.reject(new Error("away")) };
    const wrong = { evaluate: () => Promise.resolve(encodeCanonical({ items: [{}], bookmark: "" })) };

    for (const ledger of [silent, wrong])
      assert.deepEqual(await requestedOpenings(ledger, own), { found: [], isWhole: false });
  });

  it("end where somebody asks without end, and are said not to be all", async () => {
    let asked = 0;
    const endless = {
      evaluate: () => {
        asked += 1;
        const items = [opening(String(asked).padStart(2, "0"), "xb", "requested")];
        return Promise.resolve(encodeCanonical({ items, bookmark: "more" }));
      },
    };

    const { found, isWhole } = await requestedOpenings(endless, own);

    assert.deepEqual([found.length, asked, isWhole], [10, 10, false]);
  });
});
