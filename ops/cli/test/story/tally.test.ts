import assert from "node:assert/strict";
import { AttesterTally } from "../../src/story/tally.ts";

describe("AttesterTally", () => {
  it("adds up what attesters report and nothing else", () => {
    const tally = new AttesterTally();

    tally.listener("attester-quarry", { event: "sent", accepted: 64 });
    tally.listener("attester-valley", { event: "sent", accepted: 3, replayed: 2 });
    tally.listener("node-xa", { event: "sent", accepted: 1_000 });

    assert.equal(tally.accepted, 67);
  });

  it("tells refusals with the right code from other answers", () => {
    const tally = new AttesterTally();

    tally.listener("attester-quarry", { event: "fault", code: "SEGMENT_GAP", answer: "SEGMENT_GAP" });
    tally.listener("attester-quarry", { event: "fault", code: "SEGMENT_ORIGIN", answer: "accepted" });

    assert.deepEqual(tally.refused(), ["SEGMENT_GAP"]);
    assert.deepEqual(tally.mistakes(), ["SEGMENT_ORIGIN answered accepted"]);
    assert.ok(tally.hasAnswers(["SEGMENT_GAP", "SEGMENT_ORIGIN"]));
    assert.ok(!tally.hasAnswers(["SEGMENT_GAP", "TIME_FUTURE"]));
  });
});
