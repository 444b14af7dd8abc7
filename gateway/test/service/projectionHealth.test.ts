import assert from "node:assert/strict";
import { AnswerCache } from "../../src/service/answerCache.ts";
import type { NodeConsole, NodeStatus } from "../../src/service/nodeConsole.ts";
import { assertCurrent, currentHeight, lagBlocks } from "../../src/service/projectionHealth.ts";
import type { ProjectionStatus, ProjectionView } from "../../src/service/projectionView.ts";
import { exampleGenesis as genesis } from "../example.ts";

const following: ProjectionStatus = { height: 100, state: "following" };

/** What a gateway of four members' nodes sees: f is 1. */
function deps(status: ProjectionStatus, heights: readonly (string | undefined)[] = []) {
  const nodes = heights.map((ledgerHeight, position): NodeConsole => ({
    memberId: String(position),
    status: () => Promise.resolve({ state: "ready", ...(ledgerHeight !== undefined && { ledgerHeight }) }),
    bundle: () => Promise.resolve("absent"),
  }));
  const view = { status: () => status } as ProjectionView;
  const now = (): number => 20_000;
  const limits = { ttlMs: 1, maxEntries: 9, maxInFlight: 9 };
  return { view, nodes, nodeStatus: new AnswerCache<NodeStatus>(limits, { now }), genesis, now };
}

describe("the projection's health", () => {
  it("is good while it keeps up, or while nobody says how far the ledger is", async () => {
    await assertCurrent(deps(following, ["100", "110", "119", "120"]));
    await assertCurrent(deps(following, [undefined, undefined]));
    await assertCurrent(deps(following));
  });

  it("is not good when the ledger is far ahead", async () => {
    await assert.rejects(assertCurrent(deps(following, ["121", "122", "90"])), {
      code: "PROJECTION_BEHIND",
      message: /up to block 100 and is 21 blocks behind/,
    });
  });

  it("cannot be made bad by as many lying nodes as the coalition tolerates", async () => {
    assert.equal(await lagBlocks(deps(following, ["100", "999999", "101", "100"])), 1);
    assert.equal(await lagBlocks(deps(following, ["999999"])), undefined);
  });

  it("is not good once a change could not be read for long", async () => {
    const waiting = { height: 100, state: "waiting", reason: "LEDGER_UNAVAILABLE" } as const;

    await assertCurrent(deps({ ...waiting, sinceMs: 15_000 }));
    await assert.rejects(assertCurrent(deps({ ...waiting, sinceMs: 5_000 })), { code: "PROJECTION_BEHIND" });
  });

  it("keeps answers back that it cannot stand for", () => {
    const broken = { height: 100, state: "broken", reason: "LEDGER_CHAIN_BROKEN" } as const;

    assert.throws(() => currentHeight(deps(broken).view), {
      code: "PROJECTION_BROKEN",
      message: /block 100 \(LEDGER_CHAIN_BROKEN\)/,
    });
    assert.throws(() => currentHeight(deps({ height: -1, state: "following" }).view), {
      code: "PROJECTION_BEHIND",
    });
    assert.equal(currentHeight(deps(following).view), 100);
  });
});
