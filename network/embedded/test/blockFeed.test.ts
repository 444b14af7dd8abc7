import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { common } from "@hyperledger/fabric-protos";
import { blocksFrom } from "../src/gateway/blockFeed.ts";

/** A ledger that has its next block whenever somebody waits for one. */
function endlessStore() {
  const tip = { height: 0, lastConfig: 0, hash: new Uint8Array() };
  const block = new common.Block();
  return {
    tip,
    getBlock: () => block,
    nextCommit: () => {
      tip.height++;
      return Promise.resolve();
    },
  };
}

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

describe("A feed of blocks", function () {
  this.timeout(60_000);

  it("keeps nothing of the blocks that have gone by", async () => {
    const count = 100_000;
    const stop = new AbortController();
    let before = 0;
    for await (const { number } of blocksFrom(0, endlessStore(), stop.signal)) {
      if (number === 1000) before = heapAfterCollection();
      if (number === count) break;
    }
    const grown = heapAfterCollection() - before;
    assert.ok(grown < 5_000_000, `${grown} bytes more after ${count} blocks`);
    stop.abort();
  });

  it("ends when it is stopped while it waits", async () => {
    const stop = new AbortController();
    const waiting = { ...endlessStore(), nextCommit: () => Promise.withResolvers<undefined>().promise };
    const next = blocksFrom(0, waiting, stop.signal).next();
    stop.abort();
    assert.equal((await next).done, true);
  });
});
