import assert from "node:assert/strict";
import { alertIdOf, type AlertRequest, type AlertStatement, DomainError } from "@comity/protocol";
import { AlertFiler } from "../../src/signing/alertFiler.ts";
import { quiet } from "../gossip/testNetworks.ts";
import { TestCoalition } from "../watchfloor/testCoalition.ts";

const FLOPS_A_DAY = 50_000_000_000_000_000_000_000n;

class Refusal extends DomainError {}

interface Filed {
  readonly alertId: string;
  readonly statement: AlertStatement;
}

describe("AlertFiler", () => {
  let coalition: TestCoalition;
  let request: AlertRequest;
  let filed: Filed[];
  let submissions: number;

  beforeEach(async () => {
    coalition = await TestCoalition.create();
    await coalition.work(10, FLOPS_A_DAY);
    const statement = await coalition.statement();
    request = { kind: "alert", keyEpoch: 1, statement, signature: "ab".repeat(96), decisions: [] };
    filed = [];
    submissions = 0;
  });
  afterEach(() => coalition.close());

  const file = (submit: (attempt: number) => void): Promise<boolean> =>
    new AlertFiler(
      { staggerMs: 0, replacementBasisPoints: 12_500n },
      {
        ledger: { alerts: () => filed, currentEpoch: () => undefined, epochs: () => [] },
        submitter: { submit: () => Promise.resolve().then(() => submit(++submissions)) },
        clock: { now: () => 0, sleep: () => Promise.resolve() },
        random: () => 0,
        log: quiet,
        emit: () => undefined,
      },
    ).file(request, 0, new AbortController().signal);
  const show = (statement: AlertStatement): void =>
    void filed.push({ alertId: alertIdOf(statement), statement });
  const withBound = (share: bigint): AlertStatement => ({
    ...request.statement,
    flopAtLeast: ((BigInt(request.statement.flopAtLeast) * share) / 100n).toString(),
  });

  it("goes on after a refusal, which may be one endorser's lie, until the own view shows the alert", async () => {
    const isFiled = await file((attempt) => {
      if (attempt < 3) throw new Refusal("ALERT_SIGNATURE", "a lie");
      show(request.statement);
    });

    assert.equal(isFiled, true);
    assert.equal(submissions, 3);
  });

  it("ends when the own view shows another alert that leaves no room for this one", async () => {
    show(withBound(90n));

    assert.equal(await file(() => assert.fail("this is settled")), true);
  });

  it("files beside an alert whose bound is small enough to be replaced", async () => {
    show(withBound(80n));

    assert.equal(await file(() => show(request.statement)), true);
    assert.equal(submissions, 1);
  });

  it("gives up after a bounded number of attempts", async () => {
    const isFiled = await file(() => {
      throw new Refusal("ALERT_EPOCH", "not of the key in force");
    });

    assert.equal(isFiled, false);
    assert.ok(submissions < 100);
  });
});
