import assert from "node:assert/strict";
import { type ConditionDeps, nodeConditions } from "../../src/console/conditions.ts";
import { type ConditionCode, missingOf } from "../../src/console/readiness.ts";

/** A node of four members that has all that it needs. */
const ready: ConditionDeps = {
  probe: { isReachable: () => Promise.resolve(true) },
  view: { height: () => 7n, unread: () => undefined, currentEpoch: () => ({}), members: () => [1, 2, 3, 4] },
  registration: { isDone: () => true },
  ceremony: { status: () => ({ attempt: 2, phase: "deal" }) },
  network: { peers: () => [{ connected: true }, { connected: true }, { connected: false }] },
};
const view = (change: Partial<ConditionDeps["view"]>): Partial<ConditionDeps> => ({
  view: { ...ready.view, ...change },
});

const cases: Record<ConditionCode, [lacking: string, change: Partial<ConditionDeps>, why: RegExp]> = {
  LEDGER_UNREACHABLE: [
    "no gateway of the ledger answers",
    { probe: { isReachable: () => Promise.resolve(false) } },
    /gateway/,
  ],
  LEDGER_NOT_FOLLOWED: ["it has read no block yet", view({ height: () => -1n }), /no block/],
  LEDGER_UNREADABLE: [
    "a block could not be read for half a minute",
    view({ unread: () => ({ height: 8n, forMs: 30_000 }) }),
    /block 8 could not be read for 30 s/,
  ],
  NODE_NOT_REGISTERED: [
    "the register does not show its addresses",
    { registration: { isDone: () => false } },
    /register/,
  ],
  KEY_NOT_ACTIVE: [
    "the coalition has no key",
    view({ currentEpoch: () => undefined }),
    /attempt 2 is in phase deal/,
  ],
  PEERS_MISSING: [
    "fewer than a quorum is connected",
    { network: { peers: () => [{ connected: true }] } },
    /1 of the other members' nodes are connected, 2 are needed/,
  ],
};

describe("a node", () => {
  for (const [code, [lacking, change, why]] of Object.entries(cases)) {
    it(`lacks ${code} where ${lacking}`, async () => {
      const missing = await missingOf(nodeConditions({ ...ready, ...change }));

      assert.deepEqual(
        missing.map((each) => each.code),
        [code],
      );
      assert.match(missing[0]!.why, why);
    });
  }

  it("needs more others once a member has joined", async () => {
    const deps = { ...ready, ...view({ members: () => [1, 2, 3, 4, 5] }) };

    const [missing] = await missingOf(nodeConditions(deps));

    assert.match(missing?.why ?? "", /2 of the other members' nodes are connected, 3 are needed/);
  });

  it("lacks nothing where all is there, though a block could not be read for a moment", async () => {
    const lagging = view({ unread: () => ({ height: 8n, forMs: 29_999 }) });

    assert.deepEqual(await missingOf(nodeConditions({ ...ready, ...lagging })), []);
  });
});
