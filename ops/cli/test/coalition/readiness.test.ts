import assert from "node:assert/strict";
import { LedgerError } from "@comity/ledger";
import { endorses, until } from "../../src/coalition/readiness.ts";

describe("until", () => {
  /** Time passes only while it sleeps. */
  function fakeTime() {
    let nowMs = 0;
    return {
      now: () => nowMs,
      sleep: (ms: number) => {
        nowMs += ms;
        return Promise.resolve();
      },
    };
  }
  const { signal } = new AbortController();

  it("asks until there is an answer", async () => {
    let asked = 0;
    const attempt = () => Promise.resolve(++asked === 3 ? "yes" : undefined);

    assert.equal(await until(attempt, { what: "", timeoutMs: 1_000, signal }, fakeTime()), "yes");
  });

  it("says what it waited for when the time is up", async () => {
    const waiting = until(
      () => Promise.resolve(undefined),
      { what: "nobody answers", timeoutMs: 2_000, signal },
      fakeTime(),
    );

    await assert.rejects(waiting, { code: "NOT_READY", message: "After 2 s nobody answers." });
  });
});

describe("endorses", () => {
  const failing = (code: string) => ({ endorse: () => Promise.reject(new LedgerError(code, "why")) });

  it("waits for members that are away, or that lag behind the genesis record", async () => {
    assert.equal(await endorses(failing("LEDGER_UNAVAILABLE")), undefined);
    assert.equal(await endorses(failing("GENESIS_MISSING")), undefined);
  });

  it("does not wait where the chaincode refuses for good", async () => {
    await assert.rejects(endorses(failing("CALLER_UNKNOWN")), { code: "CALLER_UNKNOWN" });
  });

  it("holds once they endorse", async () => {
    assert.equal(await endorses({ endorse: () => Promise.resolve(new Uint8Array()) }), true);
  });
});
