import assert from "node:assert/strict";
import { BUCKET_GRACE_MS } from "@comity/protocol";
import { BucketCloser } from "../../src/ledger/bucketCloser.ts";
import { fakeNetwork, silentLog } from "../keygen/fakeMember.ts";

const { genesis } = fakeNetwork(4);
const { bucketMs } = genesis.clock;

/** A closer at a time, and what it sends until it has nothing to do. */
async function closedAt(
  nowMs: number,
  options: { index?: number; closed?: number; height?: bigint } = {},
): Promise<string[]> {
  const sent: string[] = [];
  let closed = options.closed;
  const done = Promise.withResolvers<undefined>();
  const closer = new BucketCloser(
    { genesis, index: options.index ?? 4, staggerMs: 1000 },
    {
      view: { closedBucket: () => closed, height: () => options.height ?? 0n },
      ledger: {
        submitIdempotent: (_, bucket = "") => {
          sent.push(bucket);
          closed = Number(bucket);
          return Promise.resolve();
        },
      },
      clock: {
        now: () => nowMs,
        policyNow: () => nowMs,
        sleep: (_, signal) => {
          done.resolve(undefined);
          return new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(new Error("stopped"))),
          );
        },
      },
      random: () => 0,
      log: silentLog,
    },
  );
  await closer.start();
  await done.promise;
  await closer.stop();
  return sent;
}

describe("closing buckets", () => {
  it("waits for the grace after the bucket's end, and for this member's turn", async () => {
    const closableMs = bucketMs + BUCKET_GRACE_MS;

    assert.deepEqual(await closedAt(closableMs - 1), []);
    assert.deepEqual(await closedAt(closableMs), ["0"]);
    assert.deepEqual(await closedAt(closableMs + 999, { index: 1 }), []);
    assert.deepEqual(await closedAt(closableMs + 1000, { index: 1 }), ["0"]);
  });

  it("closes every bucket that an outage left open, the oldest first", async () => {
    const nowMs = 5 * bucketMs + BUCKET_GRACE_MS + 3000;

    assert.deepEqual(await closedAt(nowMs, { closed: 1 }), ["2", "3", "4"]);
  });

  it("does nothing on a ledger without a network", async () => {
    assert.deepEqual(await closedAt(10 * bucketMs, { height: -1n }), []);
  });
});
