import assert from "node:assert/strict";
import { comity } from "../system/cli.ts";
import { is, type Told } from "../system/eventBook.ts";
import { eventually } from "../system/eventually.ts";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { DAYS_TO_ALERT, enrolTestSite, type TestSite } from "../system/testSite.ts";

/** What a node says when it has heard of a proposal, and when its partial has left. */
const moments: Readonly<Record<string, Moment>> = {
  "before its partial is sent": { names: ["alert-proposed", "proposal-received"], isDecided: false },
  "after its partial is sent": { names: ["decision-sent"], isDecided: true },
};

interface Moment {
  readonly names: readonly string[];
  readonly isDecided: boolean;
}

interface Status {
  readonly proposals: readonly {
    readonly subject: string;
    readonly signed: readonly string[];
    readonly missing: readonly string[];
    readonly why: string;
  }[];
}

/** One for each test, and as many again and more for kills that came at another moment than was meant. */
const SITES = 28;

describe("A node killed while the coalition co-signs", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  /** All trained for a day less than fires the rule. The first member keeps their logs, so it is owner and proposer each time. */
  const sites: TestSite[] = [];

  before(async () => {
    const made = Array.from({ length: SITES }, () => enrolTestSite(shared(), { member: 1 }));
    sites.push(...(await Promise.all(made)));
    await Promise.all(sites.map((site) => site.train(DAYS_TO_ALERT - 1)));
  });

  function nextSite(): TestSite {
    return sites.pop() ?? assert.fail("there is a site for each test");
  }

  /**
   * A site whose alert is proposed while the node is killed in the very turn in which it says that it takes part. Where the node was faster, or
   * was killed before the evidence was acknowledged, this was another moment: the next site is for the one that is meant.
   */
  async function siteKilledAt(node: string, moment: Moment): Promise<{ site: TestSite; mark: number }> {
    const { names, isDecided } = moment;
    const test = shared();
    const site = nextSite();
    const mark = test.events.now;
    // Three are enough: where they were faster, the fourth has nothing left to say.
    const isMoment = ({ process, event }: Told): boolean =>
      process === node && [...names, "alert-signed"].some((name) => name === event.event);
    const killed = test.events.until(`${node} takes part`, isMoment, mark).then(async ({ event }) => {
      if (event.event === "alert-signed") return false;
      await test.coalition.kill(node);
      return true;
    });
    const isAcknowledged = await site.train(1).then(
      () => true,
      () => false,
    );
    const isKilled = await killed;
    const hasDecided = test.events.has(is("decision-sent", node), mark);
    if (isKilled && isAcknowledged && hasDecided === isDecided) return { site, mark };
    await test.heal();
    return siteKilledAt(node, moment);
  }

  for (const index of [1, 2, 3, 4]) {
    for (const [moment, when] of Object.entries(moments)) {
      const who = index === 1 ? "the proposer and owner of the log" : `member ${index}`;
      it(`stops no alert: ${who}, ${moment}`, async () => {
        const test = shared();
        const node = `node-${test.memberId(index)}`;

        const { site, mark } = await siteKilledAt(node, when);
        const alert = await test.alertAbout(site.siteId);
        assert.equal(test.events.has(is("decision-sent", node), mark), when.isDecided);

        const survivor = test.memberId(index === 2 ? 3 : 2);
        const { verified } = await test.bundle(alert.alertId, survivor);
        assert.equal(verified.statement.subject.siteId, site.siteId);
      });
    }
  }

  it("leaves an alert unsigned together with another, until one of the two is back", async () => {
    const test = shared();
    const site = nextSite();
    const [first, second, third, fourth] = test.memberIds;
    const mark = test.events.now;
    await test.coalition.kill(`node-${third}`);
    await test.coalition.kill(`node-${fourth}`);

    // Too few are up to acknowledge it, but it is in the log.
    site.train(1).catch(() => undefined);
    const status = await eventually("`comity status` names two who signed", async () => {
      const { stdout } = await comity("status", "--json", "--data-dir", test.coalition.layout.root);
      const { proposals } = JSON.parse(stdout) as Status;
      return proposals.find(({ subject, signed }) => subject.includes(site.siteId) && signed.length === 2);
    });

    assert.deepEqual([...status.signed].sort(), [first, second].sort());
    assert.deepEqual([...status.missing].sort(), [third, fourth].sort());
    assert.match(status.why, /2 of 3/);
    assert.ok(!test.events.has(is("alert-signed"), mark));
    assert.ok((await test.alerts()).every(({ statement }) => statement.subject.siteId !== site.siteId));

    await test.coalition.restart(`node-${third}`);
    const alert = await test.alertAbout(site.siteId);

    const signers = alert.decisions.filter(({ decision }) => decision === "sign");
    assert.deepEqual(
      signers.map(({ memberIndex }) => memberIndex),
      [1, 2, 3],
    );
    const proposals = test.events.told.slice(mark).filter(is("alert-proposed"));
    assert.equal(proposals.length, 1);
  });

  it("or only stopped stops no alert, and knows of it when it goes on", async () => {
    const test = shared();
    const site = nextSite();
    const node = `node-${test.memberId(2)}`;
    test.coalition.signal(node, "SIGSTOP");
    try {
      await site.train(1);
      await test.alertAbout(site.siteId);
    } finally {
      test.coalition.signal(node, "SIGCONT");
    }

    const { alertId, decisions } = await test.alertAbout(site.siteId);
    await test.bundle(alertId, test.memberId(2));
    assert.ok(decisions.every(({ memberIndex }) => memberIndex !== 2));
  });

  it("or only stopped stops no alert even where it keeps the log", async () => {
    const test = shared();
    const site = nextSite();
    const node = `node-${test.memberId(1)}`;
    await site.train(1);
    test.coalition.signal(node, "SIGSTOP");
    try {
      await test.alertAbout(site.siteId);
    } finally {
      test.coalition.signal(node, "SIGCONT");
    }
  });
});
