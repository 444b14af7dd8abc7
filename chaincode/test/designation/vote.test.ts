import assert from "node:assert/strict";
import { designated, vote, voting } from "../fixture/case.ts";
import { lastEvent, repeats, statusOf } from "../fixture/caseSteps.ts";
import { found } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

describe("a case", () => {
  it("is designated by a quorum, not before", async () => {
    const founded = await voting(await found());
    const seen = [];
    for (const memberId of ["no", "ch", "ke"]) {
      await vote(founded, memberId);
      seen.push([await statusOf(founded), lastEvent(founded)]);
    }

    assert.deepEqual(seen, [
      ["voting", "venue-voted"],
      ["voting", "venue-voted"],
      ["designated", "venue-decided"],
    ]);
    await refused(vote(founded, "jp", "refuse"), "VENUE_STATE");
  });

  it("is rejected when a quorum can no longer be reached", async () => {
    const founded = await voting(await found());
    await vote(founded, "no", "refuse");
    await vote(founded, "ch");
    assert.equal(await statusOf(founded), "voting");

    await vote(founded, "ke", "refuse");

    assert.equal(await statusOf(founded), "rejected");
    assert.equal(lastEvent(founded), "venue-decided");
  });

  it("takes a member's vote again for what it is, also when it was the last", async () => {
    const founded = await designated(await found());

    await repeats(founded.ledger, vote(founded, "ke"));
    await refused(vote(founded, "ke", "refuse"), "VOTE_EXISTS");
  });
});
