import assert from "node:assert/strict";
import { type BondDocument, bondDocument, DAY_MS, parseNoticeId, policyTime } from "@comity/protocol";
import { type BondedRun, type BondStage, missModelCheckpoint } from "../../src/story/bond.ts";
import { scratchDirectories } from "../scratch.ts";

const clock = { originMs: 1_760_000_000_000, scale: 86_400, scaledMs: 60_000, bucketMs: 300_000 };
const cureDays = 10;
const noticeId = parseNoticeId("01JD0000000000000000000001");
const run: BondedRun = {
  ...{ noticeId, memberId: "xa", operatorId: "alpine", operatorName: "Alpine" },
  operator: { certificateFile: "", keyFile: "" },
};

/** A ledger with the one bond, on which the second model checkpoint opens a trigger, and to write takes no time at all. */
class FakeLedger {
  nowMs = clock.originMs + 1_000;
  bond = bondDocument({
    ...{
      schemaVersion: 1,
      rev: 1,
      bondId: "01JD0000000000000000000002",
      principal: "alpine",
      memberId: "xa",
    },
    ...{ surety: "harbour-vale", noticeId, currency: "USD", status: "active", openTriggers: [] },
    ...{ penalMinor: "1000", encumberedMinor: "0", forfeitedMinor: "0", releasedMinor: "0" },
    ...{ judgedThrough: 0, forfeitures: 0, acceptedMs: clock.originMs },
    ...{ postedMs: clock.originMs, changedMs: clock.originMs },
  });

  submitIdempotent(transaction: string): Promise<{ result: Uint8Array }> {
    const answers: Record<string, () => object> = {
      "checkpoint:Declare": () => ({
        ...{ schemaVersion: 1, rev: 1, noticeId, operatorId: "alpine" },
        ...{ cadenceHours: 24, fromMs: this.#policyMs() },
      }),
      "checkpoint:Register": () => ({}),
      "bond:SweepDue": () => ({ swept: [{ bond: this.#sweep(), opened: [], cured: [], forfeited: [] }] }),
    };
    return Promise.resolve({ result: Buffer.from(JSON.stringify(answers[transaction]?.())) });
  }

  #sweep(): BondDocument {
    const nowMs = this.#policyMs();
    const [trigger] = this.bond.openTriggers;
    if (trigger === undefined) {
      const opened = {
        ground: "model-checkpoint-missing",
        noticeId,
        sequence: 2,
        amountMinor: "50",
      } as const;
      const times = { openedMs: nowMs, cureByMs: nowMs + cureDays * DAY_MS };
      this.bond = { ...this.bond, encumberedMinor: "50", openTriggers: [{ ...opened, ...times }] };
    } else if (nowMs > trigger.cureByMs) {
      this.bond = { ...this.bond, encumberedMinor: "0", forfeitedMinor: "50", openTriggers: [] };
    }
    return this.bond;
  }

  #policyMs(): number {
    return policyTime(clock, this.nowMs);
  }
}

describe("The story's bond", () => {
  const scratch = scratchDirectories();

  it("loses its part when the cure window is over, on a machine that keeps nobody waiting", async () => {
    const ledger = new FakeLedger();
    const said: string[] = [];
    const stage = {
      coalition: {
        network: { sureties: [{ suretyId: "harbour-vale" }], members: [{ memberId: "xa" }] },
        layout: { story: scratch() },
        ledger: () => ledger,
        suretyLedger: () => ledger,
      },
      genesis: { clock },
      deps: {
        now: () => ledger.nowMs,
        sleep: (ms: number) => Promise.resolve(void (ledger.nowMs += ms)),
        say: (sentence: string) => said.push(sentence),
        signal: new AbortController().signal,
      },
    } as unknown as BondStage;

    const outcome = await missModelCheckpoint(stage, run);

    assert.deepEqual([outcome.forfeitedMinor, outcome.availableMinor], ["50", "950"]);
    assert.match(said.at(-1) ?? "", /^The cure window is over/);
  });
});
