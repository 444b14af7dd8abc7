import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { decodeEntry } from "@comity/protocol";
import { is } from "../system/eventBook.ts";
import { segmentName } from "../system/evidence.ts";
import { eventually } from "../system/eventually.ts";
import { LogReader, rootsOf, sequenceFaults } from "../system/logReader.ts";
import { seededRandom } from "../system/seededRandom.ts";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { newNoticeId, noticeText } from "../system/testNotice.ts";
import { enrolTestSite, type TestSite } from "../system/testSite.ts";
import { attesterProcess } from "./attesterProcess.ts";
import { CheckpointWatch, EvidenceStream } from "./evidenceStream.ts";

/** By index; the first keeps the log, the others mirror it. */
const victims = [1, 2, 1, 1, 3, 1, 1];
const LONGEST_LIFE_MS = 500;

describe("A node killed at random points while evidence streams in", function () {
  this.timeout(300_000); // Each life begins anew beside whatever else runs.
  const shared = sharedCoalition();

  /** Its evidence is nobody's suspicion: these tests are not about alerts. */
  async function quietSite(member: number, hosts: number): Promise<TestSite> {
    const test = shared();
    const site = await enrolTestSite(test, { member, hosts });
    const officer = test.coalition.ledger(site.memberId, "officer");
    await officer.submit("notice:File", noticeText(test.genesis, site, newNoticeId()));
    return site;
  }

  async function killAndRestart(name: string): Promise<void> {
    const { coalition, events } = shared();
    await coalition.kill(name);
    const mark = events.now;
    await coalition.restart(name);
    await events.until(`${name} is back`, is("ready", name), mark);
  }

  it("loses nothing that it acknowledged and never forks its log", async () => {
    const test = shared();
    const random = seededRandom("lives of nodes");
    const site = await quietSite(1, 4);
    const watch = new CheckpointWatch(test, site);
    const stream = new EvidenceStream(test, site);

    for (const victim of victims) {
      const before = stream.acknowledged.size;
      await eventually("evidence is acknowledged", () =>
        stream.acknowledged.size > before ? true : undefined,
      );
      await pause(random() * LONGEST_LIFE_MS);
      await killAndRestart(`node-${test.memberId(victim)}`);
    }
    await stream.stop();
    await watch.stop();

    const log = new LogReader(test, site);
    const { size } = (await log.checkpoint()) ?? assert.fail("the log has a checkpoint");
    const entries = await log.entries(size);
    const roots = rootsOf(entries);
    const names = entries.map((entry) => segmentName(entry.subarray(10)));
    const places = new Map(names.map((name, index) => [name, index]));
    const lost = [...stream.acknowledged].filter(
      ([name, index]) => !places.has(name) || (index !== undefined && places.get(name) !== index),
    );
    const forks = [...watch.roots].filter(([at, seen]) => seen.size !== 1 || !seen.has(roots[at] ?? ""));
    console.log(
      `      ${victims.length} kills, ${stream.acknowledged.size} segments acknowledged, ${lost.length} lost, ` +
        `${watch.roots.size} checkpoints seen, ${forks.length} of them on another branch`,
    );
    assert.ok(stream.acknowledged.size >= victims.length);
    assert.ok(watch.roots.size >= victims.length);
    assert.deepEqual(lost, []);
    assert.deepEqual(forks, []);
    assert.deepEqual(sequenceFaults(entries), []);
  });

  it("or killed attester goes on without a gap or a repeat", async () => {
    const test = shared();
    const random = seededRandom("lives of attester and node");
    const site = await quietSite(2, 2);
    const attester = attesterProcess(test, site);
    const log = new LogReader(test, site);
    const sizeAbove = (least: number): Promise<number> =>
      eventually(`more than ${least} entries in the log`, async () => {
        const { size = 0 } = (await log.checkpoint()) ?? {};
        return size > least ? size : undefined;
      });
    test.coalition.start(attester);
    let size = 0;

    for (const victim of [attester.name, `node-${site.memberId}`, attester.name, attester.name]) {
      size = await sizeAbove(size);
      await pause(random() * LONGEST_LIFE_MS);
      await killAndRestart(victim);
    }
    size = await sizeAbove(size + site.hosts.length);
    await test.coalition.stop(attester.name);

    const entries = await log.entries(size);
    assert.deepEqual(sequenceFaults(entries), []);
    assert.equal(new Set(entries.map((entry) => decodeEntry(entry).segment.hostId)).size, site.hosts.length);
  });
});
