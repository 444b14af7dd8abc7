import assert from "node:assert/strict";
import { DAY_MS } from "@comity/protocol";
import { CASE, nominated, nominationOf, officerOf, PROOF, readCase, served } from "../fixture/case.ts";
import { lastEvent, repeats, statusOf } from "../fixture/caseSteps.ts";
import { found, ORIGIN_MS } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

describe("a case", () => {
  it("begins with a member's nomination", async () => {
    const founded = await nominated(await found());

    assert.deepEqual(await readCase(founded), {
      ...{ schemaVersion: 1, rev: 1, ...nominationOf(), nominatedBy: "ch", status: "nominated" },
      ...{ nominatedMs: ORIGIN_MS, changedMs: ORIGIN_MS },
      ...{ served: null, response: null, ballot: null, listing: null, delisting: null },
    });
    assert.equal(lastEvent(founded), "venue-nominated");
    const again = founded.ledger.submit(officerOf(), "designation:Nominate", nominationOf());
    await repeats(founded.ledger, again);
  });

  it("gives the venue thirty days to respond from when its notice was served", async () => {
    const founded = await nominated(await found());
    founded.ledger.nowMs += 2_000;

    await founded.ledger.submit(officerOf(), "designation:Serve", CASE, PROOF);

    const servedMs = ORIGIN_MS + 2 * DAY_MS;
    const expected = { proofHash: PROOF, servedMs, respondByMs: servedMs + 30 * DAY_MS };
    assert.deepEqual((await readCase(founded)).served, expected);
    await repeats(founded.ledger, founded.ledger.submit(officerOf(), "designation:Serve", CASE, PROOF));
  });

  it("is voted on once the thirty days are over, to the millisecond", async () => {
    const open = ["designation:OpenVote", CASE, "designate", "It is time."] as const;
    const early = await served(await found());
    early.ledger.nowMs += 29_999;
    await refused(early.ledger.submit(officerOf("jp"), ...open), "VENUE_CLOCK");
    const due = await served(await found());
    due.ledger.nowMs += 30_000;

    await due.ledger.submit(officerOf("jp"), ...open);

    const { status, ballot } = await readCase(due);
    assert.equal(status, "voting");
    const { openedBy, openedRev, electorate } = ballot!;
    assert.deepEqual({ openedBy, openedRev, electorate }, { openedBy: "jp", openedRev: 3, electorate: 4 });
    await repeats(due.ledger, due.ledger.submit(officerOf("jp"), ...open));
  });

  it("is voted on before that if the venue has responded", async () => {
    const founded = await served(await found());
    const response = ["designation:Respond", CASE, "12".repeat(32)] as const;
    await founded.ledger.submit(officerOf("ke"), ...response);
    await repeats(founded.ledger, founded.ledger.submit(officerOf("no"), ...response));

    await founded.ledger.submit(officerOf(), "designation:OpenVote", CASE, "designate", "It has answered.");

    assert.equal(await statusOf(founded), "voting");
  });

  it("hears a late response as long as no vote is open", async () => {
    const founded = await served(await found());
    founded.ledger.nowMs += 40_000;
    await founded.ledger.submit(officerOf(), "designation:Respond", CASE, "12".repeat(32));
    assert.equal((await readCase(founded)).response?.respondedMs, ORIGIN_MS + 40 * DAY_MS);
  });
});
