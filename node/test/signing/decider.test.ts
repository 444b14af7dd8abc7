import assert from "node:assert/strict";
import { Decider } from "../../src/signing/decider.ts";
import type { LiveSession } from "../../src/signing/sessionTable.ts";

/** A session under a key that four members hold. */
const session = {
  epoch: { members: [1, 2, 3, 4].map((index) => ({ index })) },
} as unknown as LiveSession;

const untouched = (): never => assert.fail("it has no say, and looks at nothing");

describe("Decider", () => {
  it("says nothing for a member that joined since the key was made: others would take its word for a forgery", async () => {
    const decider = new Decider({
      identity: { index: 5 },
      signer: { decisionOn: untouched, refuse: untouched, sign: untouched },
      shares: { shareFor: untouched },
      appraiser: { appraise: untouched },
    });

    assert.equal(await decider.decide(session), undefined);
  });
});
