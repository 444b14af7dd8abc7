import assert from "node:assert/strict";
import fc from "fast-check";
import { approvalsNeeded, type Ballot, ballotOutcome, memberId, quorumOf } from "../../src/index.ts";

const questions = fc.constantFrom("designate" as const, "delist" as const);
const electorates = fc.integer({ min: 4, max: 64 });

const voted = (decisions: readonly boolean[]): Ballot["votes"] =>
  decisions.map((isApproval, position) => ({
    memberId: memberId(String.fromCharCode(97 + Math.floor(position / 26), 97 + (position % 26))),
    decision: isApproval ? "approve" : "refuse",
    reason: "because",
    votedMs: 0,
  }));

describe("a ballot", () => {
  it("takes a quorum to designate and more than half to delist", () => {
    const needed = [4, 5, 6, 7, 16].map((electorate) => [
      approvalsNeeded({ question: "designate", electorate }),
      approvalsNeeded({ question: "delist", electorate }),
    ]);

    assert.deepEqual(needed, [
      [3, 3],
      [4, 3],
      [4, 4],
      [5, 4],
      [11, 9],
    ]);
    for (let n = 4; n <= 64; n++)
      assert.equal(approvalsNeeded({ question: "designate", electorate: n }), quorumOf(n));
  });

  it("is open until its approvals are there or can no longer be", () => {
    fc.assert(
      fc.property(
        questions,
        electorates,
        fc.array(fc.boolean(), { maxLength: 64 }),
        (question, electorate, all) => {
          const votes = voted(all.slice(0, electorate));
          const needed = approvalsNeeded({ question, electorate });
          const approvals = votes.filter(({ decision }) => decision === "approve").length;
          const left = electorate - votes.length;
          const expected = approvals >= needed ? "approved" : approvals + left < needed ? "refused" : "open";
          assert.equal(ballotOutcome({ question, electorate, votes }), expected);
        },
      ),
    );
  });

  it("is over once all have voted", () => {
    fc.assert(
      fc.property(questions, electorates, fc.infiniteStream(fc.boolean()), (question, electorate, stream) => {
        const votes = voted(Array.from({ length: electorate }, () => stream.next().value as boolean));
        assert.notEqual(ballotOutcome({ question, electorate, votes }), "open");
      }),
    );
  });
});
