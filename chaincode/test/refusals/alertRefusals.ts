import type { LedgerErrorCode } from "@comity/protocol";
import {
  type Coalition,
  coalition,
  digestOf,
  filingOf,
  FLOP_AT_LEAST,
  statementOf,
} from "../fixture/ceremony.ts";
import { found, identity } from "../fixture/coalition.ts";
import { once, type Scenario } from "./scenario.ts";

const node = identity("ch", "node");

/** Files an alert with something wrong. */
const alert =
  (spoil: (made: Coalition) => Record<string, unknown>): Scenario =>
  async () => {
    const made = await coalition();
    return [made.founded.ledger.submit(node, "alert:File", spoil(made))];
  };

/** Files a well-signed alert whose statement is wrong. */
const badStatement = (overrides: (made: Coalition) => object): Scenario =>
  alert((made) => ({ ...filingOf(made, { ...statementOf(made.founded), ...overrides(made) }) }));

/** What brings about each code about alerts. */
export const alertScenarios = {
  ALERT_UNKNOWN: once(found, "alert:Read", "ab".repeat(32)),
  ALERT_SUBJECT: async () => {
    const subjects = [
      badStatement(() => ({ subject: { operatorId: "alpine", siteId: "bern-9" } })),
      badStatement(() => ({ subject: { operatorId: "other", siteId: "bern-1" } })),
      badStatement(({ founded }) => ({
        log: { ...statementOf(founded).log, origin: statementOf(founded).log.origin.replace("/ch/", "/jp/") },
      })),
    ];
    return (await Promise.all(subjects.map((scenario) => scenario()))).flat();
  },
  ALERT_WINDOW: badStatement(({ founded }) => {
    const { window } = statementOf(founded);
    return { window: { startMs: window.startMs, endMs: window.endMs + 1 } };
  }),
  ALERT_RANGE: badStatement(() => ({ entries: { from: 0, to: 641 } })),
  ALERT_OBSERVED: badStatement(({ founded }) => {
    const { window } = statementOf(founded);
    return { observed: { startMs: window.startMs, endMs: window.endMs + 1 } };
  }),
  ALERT_PROJECTION: badStatement(() => ({ projectedFlop: "6000000000000000000000000" })),
  ALERT_RULE: alert((made) => ({ ...filingOf(made, statementOf(made.founded, {}, 1_000_000n)) })),
  ALERT_EPOCH: alert((made) => ({ ...filingOf(made, statementOf(made.founded)), keyEpoch: 2 })),
  ALERT_SIGNATURE: async () => {
    const made = await coalition();
    const good = filingOf(made, statementOf(made.founded));
    const other = filingOf(made, statementOf(made.founded, {}, FLOP_AT_LEAST + 1n));
    const partial = made.members[0]!.partial(digestOf(made.founded, made.record, good.statement));
    return [
      made.founded.ledger.submit(node, "alert:File", { ...good, signature: other.signature }),
      made.founded.ledger.submit(node, "alert:File", {
        ...good,
        signature: Buffer.from(partial).toString("hex"),
      }),
      made.founded.ledger.submit(node, "alert:File", { ...good, signature: "c0" + "00".repeat(95) }),
    ];
  },
  ALERT_DECISIONS: async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    const good = filingOf(made, statementOf(made.founded));
    const [first, second, third] = good.decisions;
    const refusing = made.members[3]!.decision(digestOf(made.founded, made.record, good.statement), "refuse");
    const forged = { ...third!, memberIndex: 4 };
    const lists = [
      [first, second],
      [first, second, refusing],
      [first, first, second],
      [second, first, third],
      [first, second, forged],
      [],
    ];
    return lists.map((decisions) => ledger.submit(node, "alert:File", { ...good, decisions }));
  },
  ALERT_NOT_GREATER: async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    await ledger.submit(node, "alert:File", filingOf(made, statementOf(made.founded)));
    const almost = statementOf(made.founded, {}, (FLOP_AT_LEAST * 5n) / 4n - 1n);
    return [ledger.submit(node, "alert:File", filingOf(made, almost))];
  },
} satisfies Partial<Record<LedgerErrorCode, Scenario>>;
