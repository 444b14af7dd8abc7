import assert from "node:assert/strict";
import { watchOrderers } from "../../../src/coalition/fabric/ordererWatch.ts";

/** Three orderers that go on and one that stands still, until it is started anew; a clock that runs while it is waited for. */
function network() {
  let nowMs = 0;
  let stands = true;
  const closing = new AbortController();
  const told: string[] = [];
  const heightOf = (name: string): number => (stands && name === "orderer-xd" ? 7 : 100 + nowMs);
  const running = {
    fabric: {
      health: () =>
        Promise.resolve(
          ["xa", "xb", "xc", "xd"]
            .map((memberId) => `orderer-${memberId}`)
            .map((name) => ({ name, isWell: true, height: heightOf(name) })),
        ),
    },
    deps: {
      now: () => nowMs,
      sleep: (ms: number) => {
        nowMs += ms;
        if (nowMs >= 200_000) closing.abort();
        return Promise.resolve();
      },
    },
    alone: <T>(work: () => Promise<T>): Promise<T> => work(),
  };
  const restart = (name: string): Promise<void> => {
    told.push(`restart ${name} at ${nowMs / 1000} s`);
    stands = false;
    return Promise.resolve();
  };
  const watching = { signal: closing.signal, onStuck: (name: string) => told.push(`${name} is stuck`) };
  return { running, restart, watching, told };
}

describe("watchOrderers", () => {
  it("starts the orderer anew that stands still, once, and says so before", async () => {
    const { running, restart, watching, told } = network();

    await watchOrderers(running, { restart }, watching);

    assert.deepEqual(told, ["orderer-xd is stuck", "restart orderer-xd at 60 s"]);
  });

  it("goes on looking where the start fails", async () => {
    const { running, restart, watching, told } = network();
    let failures = 0;
    const failing = (name: string): Promise<void> =>
      failures++ === 0 ? Promise.reject(new Error("no")) : restart(name);

    await watchOrderers(running, { restart: failing }, watching);

    assert.deepEqual(told, ["orderer-xd is stuck", "orderer-xd is stuck", "restart orderer-xd at 180 s"]);
  });
});
