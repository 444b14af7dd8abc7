import assert from "node:assert/strict";
import type { AlertDocument } from "@comity/protocol";
import { assertNobodyElse } from "../../src/story/coSignedAlert.ts";
import { type Stage, untilPolicyTime } from "../../src/story/stage.ts";

describe("untilPolicyTime", () => {
  const clock = { originMs: 1_000_000, scale: 1_000, scaledMs: 5_000, bucketMs: 300_000 };

  function stageAt(nowMs: number, slept: number[]): Stage {
    const sleep = (ms: number): Promise<void> => {
      slept.push(ms);
      return Promise.resolve();
    };
    return { genesis: { clock }, deps: { now: () => nowMs, sleep } } as unknown as Stage;
  }

  it("sleeps the real time that policy time takes", async () => {
    const slept: number[] = [];

    await untilPolicyTime(stageAt(clock.originMs + 1_000, slept), clock.originMs + 3_000_000);
    await untilPolicyTime(stageAt(clock.originMs + 4_000, slept), clock.originMs + 3_000_000);

    assert.deepEqual(slept, [2_000]);
  });

  it("does not wait for days once the fast clock has run out", async () => {
    const late = untilPolicyTime(stageAt(clock.originMs + 4_000, []), clock.originMs + 5_000_001);

    await assert.rejects(late, { code: "STORY_STEP" });
  });
});

describe("assertNobodyElse", () => {
  const alertAbout = (siteId: string) => ({ statement: { subject: { siteId } } }) as unknown as AlertDocument;

  it("lets the undeclared site be accused, and no site that declared its run", () => {
    assertNobodyElse([alertAbout("greyfield-quarry")]);
    assert.throws(() => assertNobodyElse([alertAbout("meridian-valley")]), { code: "STORY_STEP" });
  });
});
