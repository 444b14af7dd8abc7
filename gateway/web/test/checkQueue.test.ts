import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { CheckQueue } from "../src/checkQueue.ts";

describe("CheckQueue", () => {
  let started: string[];
  let finish: Map<string, () => void>;
  let queue: CheckQueue<string>;

  beforeEach(() => {
    started = [];
    finish = new Map();
    queue = new CheckQueue(2, (item) => {
      started.push(item);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      finish.set(item, () => resolve(undefined));
      return promise;
    });
  });

  async function end(item: string): Promise<void> {
    finish.get(item)?.();
    await turn();
  }

  it("runs no more at once than it has lanes, in the order asked", async () => {
    for (const item of ["a", "b", "c", "d"]) queue.add(item);
    assert.deepEqual(started, ["a", "b"]);

    await end("b");
    assert.deepEqual(started, ["a", "b", "c"]);
  });

  it("runs once what is asked for again while it waits, and once more what is asked for while it runs", async () => {
    for (const item of ["a", "b", "c", "c", "a", "a"]) queue.add(item);

    await end("a");
    await end("b");
    await end("c");
    assert.deepEqual(started, ["a", "b", "c", "a"]);

    await end("a");
    assert.equal(started.length, 4);
  });
});
