import { DAY_MS, type LedgerErrorCode } from "@comity/protocol";
import { type Founded, foundWithSite, identity, noticeOf, ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import type { Scenario } from "./scenario.ts";

const officer = identity("ch", "officer");

/** What brings about each code about notices. */
export const noticeScenarios = {
  NOTICE_EXISTS: async () => {
    const { ledger } = await filed();
    return [ledger.submit(officer, "notice:File", noticeOf({ developer: "Another" }))];
  },
  NOTICE_UNKNOWN: async () => {
    const { ledger } = await foundWithSite();
    return [
      ledger.submit(officer, "notice:Read", ulid("Z")),
      ledger.submit(officer, "notice:Start", ulid("Z")),
    ];
  },
  NOTICE_REVISION_UNKNOWN: async () => {
    const { ledger } = await filed();
    return [ledger.submit(officer, "notice:ReadRevision", ulid("A"), "2")];
  },
  NOTICE_NOT_REQUIRED: async () => {
    const { ledger } = await filed();
    const exactly = {
      incrementalFlop: "1000000000000000000000000",
      cumulativeFlop: "1000000000000000000000000",
    };
    return [
      ledger.submit(officer, "notice:File", noticeOf({ noticeId: ulid("B"), compute: exactly })),
      ledger.submit(officer, "notice:Amend", ulid("A"), { compute: exactly }),
    ];
  },
  NOTICE_COMPUTE: async () => {
    const { ledger } = await foundWithSite();
    const compute = {
      incrementalFlop: "3000000000000000000000000",
      cumulativeFlop: "2999999999999999999999999",
    };
    return [ledger.submit(officer, "notice:File", noticeOf({ compute }))];
  },
  NOTICE_PERIOD: async () => {
    const { ledger } = await foundWithSite();
    const running = await started();
    return [
      ledger.submit(officer, "notice:File", noticeOf({ plannedEndMs: ORIGIN_MS + 20 * DAY_MS })),
      running.ledger.submit(officer, "notice:Amend", ulid("A"), { plannedEndMs: ORIGIN_MS + 20.5 * DAY_MS }),
    ];
  },
  NOTICE_FACILITY: async () => {
    const { ledger } = await foundWithSite();
    return [["bern-2"], ["bern-1", "bern-1"]].map((facilities) =>
      ledger.submit(officer, "notice:File", noticeOf({ facilities })),
    );
  },
  NOTICE_STATE: async () => {
    const { ledger } = await filed();
    await ledger.submit(officer, "notice:Withdraw", ulid("A"), "cancelled");
    const running = await started();
    return [
      ledger.submit(officer, "notice:Start", ulid("A")),
      ledger.submit(officer, "notice:Complete", ulid("A")),
      ledger.submit(officer, "notice:Amend", ulid("A"), { developer: "Another" }),
      ledger.submit(officer, "notice:Withdraw", ulid("A"), "for another reason"),
      running.ledger.submit(officer, "notice:Withdraw", ulid("A"), "too late"),
    ];
  },
  NOTICE_START_FROZEN: async () => {
    const { ledger } = await started();
    return [ledger.submit(officer, "notice:Amend", ulid("A"), { plannedStartMs: ORIGIN_MS + 30 * DAY_MS })];
  },
  NOTICE_EARLY: async () => {
    const { ledger } = await filed();
    ledger.nowMs = ORIGIN_MS + 19_999;
    return [ledger.submit(officer, "notice:Start", ulid("A"))];
  },
  NOTICE_ENDED: async () => {
    const { ledger } = await filed();
    ledger.nowMs = ORIGIN_MS + 80_001;
    return [ledger.submit(officer, "notice:Start", ulid("A"))];
  },
} satisfies Partial<Record<LedgerErrorCode, Scenario>>;

/** A coalition with a notice. */
export async function filed(overrides: Record<string, unknown> = {}): Promise<Founded> {
  const founded = await foundWithSite();
  await founded.ledger.submit(officer, "notice:File", noticeOf(overrides));
  return founded;
}

async function started(): Promise<Founded> {
  const founded = await filed();
  founded.ledger.nowMs = ORIGIN_MS + 21_000;
  await founded.ledger.submit(officer, "notice:Start", ulid("A"));
  return founded;
}
