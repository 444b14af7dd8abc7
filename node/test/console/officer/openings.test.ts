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

    const found = await requestedOpenings(ledger, own);

    assert.deepEqual(
      found?.map(({ cellHash, requestedBy }) => `${cellHash.slice(0, 2)} ${requestedBy}`),
      ["04 xd", "01 xb"],
    );
  });

  it("are unknown where the ledger does not answer, or not what it should", async () => {
    const silent = { evaluate: () => Promise.reject(new Error("away")) };
    const wrong = { evaluate: () => Promise.resolve(encodeCanonical({ items: [{}], bookmark: "" })) };

    assert.equal(await requestedOpenings(silent, own), undefined);
    assert.equal(await requestedOpenings(wrong, own), undefined);
  });
});
