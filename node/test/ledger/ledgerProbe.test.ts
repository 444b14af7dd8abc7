import assert from "node:assert/strict";
import { LedgerProbe } from "../../src/ledger/ledgerProbe.ts";

/** A probe of a ledger that answers as told; `sleep` is over at once where the ledger is silent. */
function probeOf(evaluate: () => Promise<Uint8Array>, now = () => 0, isSilent = false): LedgerProbe {
  const sleep = () => (isSilent ? Promise.resolve() : new Promise<void>(() => undefined));
  return new LedgerProbe({ ledger: { evaluate }, clock: { now, sleep } });
}

describe("the probe of the ledger", () => {
  it("takes a ledger that fails or is silent for one that is away", async () => {
    assert.equal(await probeOf(() => Promise.resolve(new Uint8Array())).isReachable(), true);
    assert.equal(await probeOf(() => Promise.reject(new Error("down"))).isReachable(), false);
    assert.equal(
      await probeOf(
        () => new Promise(() => undefined),
        () => 0,
        true,
      ).isReachable(),
      false,
    );
  });

  it("asks once for many who want to know, and again when the answer is old", async () => {
    let [asked, nowMs] = [0, 0];
    const probe = probeOf(
      () => Promise.resolve(new Uint8Array([++asked])),
      () => nowMs,
    );

    await Promise.all([probe.isReachable(), probe.isReachable()]);
    assert.equal(asked, 1);
    nowMs = 2000;
    await probe.isReachable();
    assert.equal(asked, 2);
  });
});
