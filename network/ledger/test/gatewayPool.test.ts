import assert from "node:assert/strict";
import { GatewayPool } from "../src/gatewayPool.ts";
import { createFakeWorld } from "./fakeGateway.ts";

describe("GatewayPool", () => {
  let nowMs = 0;
  let pool: GatewayPool;

  before(async () => {
    const { identity, tlsRootPem } = await createFakeWorld();
    const endpoints = [1, 2, 3].map((port) => ({ address: `127.0.0.1:${port}`, tlsRootPem }));
    pool = new GatewayPool(endpoints, identity, () => nowMs);
  });
  after(() => pool.close());

  it("moves on once for all who failed with one gateway, and not back to it so soon", () => {
    const first = pool.current();
    pool.leave(first);
    const second = pool.current();
    pool.leave(first);
    assert.equal(pool.current(), second);

    pool.leave(second);
    const third = pool.current();
    assert.notEqual(third, first);

    nowMs = 14_999;
    pool.leave(third);
    assert.equal(pool.current(), first, "of those that failed lately, the one that did so longest ago");

    nowMs = 40_000;
    pool.leave(first);
    assert.equal(pool.current(), second, "that one has had its time");
  });
});
