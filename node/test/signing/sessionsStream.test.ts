import assert from "node:assert/strict";
import { decodeCanonical } from "@comity/protocol";
import type { Session } from "../../src/signing/session.ts";
import { decodeOpenProposals, encodeOpenProposals } from "../../src/signing/sessionsStream.ts";

/** A session that fills a hundredth of an answer. */
function session(number: number): Session {
  const proposal = { number, filler: "x".repeat(10_486) };
  const session = {
    proposal: {},
    renewal: proposal,
    latestMs: number,
    partials: new Map(),
    refusals: new Map(),
  };
  return session as unknown as Session;
}

describe("the sessions stream", () => {
  it("tells what was opened last where an answer does not hold all", () => {
    const sessions = Array.from({ length: 150 }, (_, i) => session((i * 7) % 150));

    const told = decodeOpenProposals(encodeOpenProposals(sessions));

    const numbers = told.map(
      ({ proposal }) => (decodeCanonical(proposal, 16_384) as { number: number }).number,
    );
    assert.ok(numbers.length >= 90 && numbers.length < 150);
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, i) => 149 - i),
    );
  });

  it("refuses bytes that are no answer", () => {
    assert.throws(() => decodeOpenProposals(new Uint8Array([0, 0, 0, 1, 9])), { code: "WIRE_MALFORMED" });
  });
});
