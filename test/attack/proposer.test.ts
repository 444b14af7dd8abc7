import assert from "node:assert/strict";
import { type AlertStatement, figure, sha256, toHex, utf8 } from "@comity/protocol";
import { declaredSite } from "../system/declaredSite.ts";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { enrolTestSite, type TestSite } from "../system/testSite.ts";
import { MaliciousMember } from "./maliciousMember.ts";
import { inflated, trueStatement } from "./statement.ts";

const DAYS = 4;
/** Two accelerators, six records a day each. */
const RECORDS = BigInt(DAYS * 12);

describe("A member that proposes a lie", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let malicious: MaliciousMember;
  let quiet: TestSite;
  let declared: TestSite;
  let training: TestSite;
  /** Work of one record: as many as there are stay just below what fires the rule. */
  let recordFlop: bigint;

  before(async () => {
    const test = shared();
    const horizon = figure(test.genesis, "projectionHorizonDays");
    const threshold = figure(test.genesis, "reportingThresholdFlop");
    recordFlop = (threshold * BigInt(DAYS)) / ((BigInt(DAYS) + horizon) * RECORDS);
    [quiet, training, declared] = await Promise.all([
      enrolTestSite(test, { member: 1 }),
      enrolTestSite(test, { member: 1 }),
      declaredSite(test, { member: 1 }),
    ]);
    await quiet.train(DAYS, recordFlop);
    const last = test.memberId(4);
    test.absent.add(`node-${last}`);
    await test.coalition.kill(`node-${last}`);
    malicious = await MaliciousMember.join(test, last);
  });

  after(async () => {
    await malicious.leave();
    shared().absent.clear();
  });

  async function assertRefused(statement: AlertStatement, reason: string): Promise<void> {
    const test = shared();
    const mark = test.events.now;

    const digest = await malicious.propose(statement);
    const decisions = await malicious.decisionsOfAll(digest);

    assert.deepEqual(
      decisions.map((decision) => `${decision.decision} ${decision.reason}`),
      Array.from({ length: 3 }, () => `refuse ${reason}`),
    );
    assert.ok(
      !test.events.has(({ event }) => event.event === "alert-signed" && event["digest"] === digest, mark),
    );
    const { siteId } = statement.subject;
    assert.ok((await test.alerts()).every(({ statement: { subject } }) => subject.siteId !== siteId));
  }

  it("gets signed refusals where the bound is too high by one record", async () => {
    const truth = await trueStatement(shared(), quiet);
    assert.equal(BigInt(truth.flopAtLeast), RECORDS * recordFlop);

    await assertRefused(inflated(shared(), truth, recordFlop), "APPRAISAL_BOUND");
  });

  it("gets signed refusals where nobody holds the entries", async () => {
    const truth = await trueStatement(shared(), quiet);
    const size = truth.log.size + 1;
    const root = toHex(sha256(utf8("entries that are nowhere")));
    const invented = { ...truth, log: { ...truth.log, size, root }, entries: { from: 0, to: size } };

    await assertRefused(inflated(shared(), invented, 12n * recordFlop), "APPRAISAL_EVIDENCE");
  });

  it("gets signed refusals where a notice was in force at the height that it names", async () => {
    await assertRefused(await trueStatement(shared(), declared), "APPRAISAL_NOTICE");
  });

  it("gets signatures as soon as it tells the truth", async () => {
    await training.train(DAYS);
    await shared().alertAbout(training.siteId);
    const truth = await trueStatement(shared(), training);

    const digest = await malicious.propose(inflated(shared(), truth, -1n));
    const decisions = await malicious.decisionsOfAll(digest);

    assert.deepEqual(
      decisions.map(({ decision }) => decision),
      ["sign", "sign", "sign"],
    );
  });
});
