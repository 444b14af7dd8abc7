import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  addContribution,
  alertStatement,
  alertWindow,
  type AlertStatement,
  contributionOf,
  DAY_MS,
  decodeEntry,
  evidenceBytes,
  evidenceProblem,
  type HostDocument,
  hostIdOf,
  MAX_EVIDENCE_BYTES,
  type Tally,
  verifyEd25519,
} from "@comity/protocol";
import { MAX_RANGE } from "../../src/gossip/evidenceStream.ts";
import type { Appraisal } from "../../src/signing/ports.ts";
import { CheckpointArchive } from "../../src/watchfloor/checkpointArchive.ts";
import { Detector } from "../../src/watchfloor/detector.ts";
import { tallyEvidence } from "../../src/watchfloor/evidenceTally.ts";
import { LogTally, type TallyRules, type WindowTally } from "../../src/watchfloor/logTally.ts";
import { testItem } from "../gossip/testEvidence.ts";
import { testKey } from "../gossip/testKeys.ts";
import { quiet } from "../gossip/testNetworks.ts";
import { operatorId, originMs, siteId, TestCoalition } from "./testCoalition.ts";

/** For totals whose entries nobody forged. */
const trusting: TallyRules = { declared: [], check: () => ({ is: "genuine", hostKey: "" }) };

const FLOPS_A_DAY = 50_000_000_000_000_000_000_000n;

/** A detector whose time stands still until the test lets one scan pass. */
class Bench {
  readonly coalition: TestCoalition;
  readonly dir: string;
  readonly proposed: AlertStatement[] = [];
  open: (AlertStatement & { signed: number[]; refused: number[] })[] = [];
  appraisal: Appraisal = { decision: "sign" };
  now = 1_000_000;
  readonly #sleepers: (() => void)[] = [];
  readonly #scanned: (() => void)[] = [];
  detector: Detector | undefined;

  private constructor(coalition: TestCoalition, dir: string) {
    this.coalition = coalition;
    this.dir = dir;
  }

  static async create(): Promise<Bench> {
    return new Bench(await TestCoalition.create(), await mkdtemp(join(tmpdir(), "comity-detector-")));
  }

  /** Starts the detector of a member and lets its first scan end. */
  async start(ownIndex = 1): Promise<void> {
    const { genesis, ledger, logs } = this.coalition;
    this.detector = new Detector(
      {
        ...{ ownIndex, scanMs: 1_000, staggerMs: 3_000, firstPauseMs: 60_000, longestPauseMs: 600_000 },
        deferenceMs: 30_000,
      },
      {
        genesis,
        ledger,
        logs: logs[0]!,
        archive: new CheckpointArchive({ directory: this.dir }),
        verify: verifyEd25519,
        proposals: {
          propose: (statement) => Promise.resolve(`${this.proposed.push(statement)}`),
          status: () => this.open,
        },
        appraiser: { appraise: () => Promise.resolve(this.appraisal) },
        clock: { now: () => this.now, sleep: (_, signal) => this.#sleep(signal) },
        log: quiet,
        emit: () => undefined,
      },
    );
    const scanned = this.#nextScan();
    await this.detector.start();
    await scanned;
  }

  async scan(afterMs = 1_000): Promise<void> {
    this.now += afterMs;
    const scanned = this.#nextScan();
    for (const wake of this.#sleepers.splice(0)) wake();
    await scanned;
  }

  async close(): Promise<void> {
    await this.detector?.stop();
    await this.coalition.close();
    await rm(this.dir, { recursive: true });
  }

  #nextScan(): Promise<void> {
    return new Promise((resolve) => this.#scanned.push(resolve));
  }

  #sleep(signal: AbortSignal): Promise<void> {
    for (const resolve of this.#scanned.splice(0)) resolve();
    return new Promise((resolve, reject) => {
      this.#sleepers.push(resolve);
      signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    });
  }
}

describe("Detector", () => {
  let bench: Bench;
  beforeEach(async () => (bench = await Bench.create()));
  afterEach(() => bench.close());

  it("proposes a run whose projection is above the threshold, with the greatest bound, and keeps the note of its tree", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);

    await bench.start();

    assert.deepEqual(bench.proposed, [await bench.coalition.statement()]);
    const archive = new CheckpointArchive({ directory: bench.dir });
    assert.equal(
      await archive.get(bench.coalition.origin, 10),
      bench.coalition.logs[0]!.sign(bench.coalition.origin, 10),
    );
  });

  it("says nothing below the threshold or after too short a time", async () => {
    await bench.coalition.work(10, 1_000_000_000_000_000_000_000n);
    await bench.start();
    assert.deepEqual(bench.proposed, []);
  });

  it("says nothing before the least time of observation and speaks up when it has passed", async () => {
    await bench.coalition.work(2, FLOPS_A_DAY);
    await bench.start();
    assert.deepEqual(bench.proposed, []);
    await bench.coalition.work(1, FLOPS_A_DAY);

    await bench.scan();

    assert.deepEqual(
      bench.proposed.map(({ entries }) => entries),
      [{ from: 0, to: 3 }],
    );
  });

  it("proposes only what came after a notice had run out", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.coalition.ledger.addBlock([bench.coalition.notice({ plannedEndMs: originMs + 5 * DAY_MS })]);

    await bench.start();

    const declared = [{ startMs: originMs, endMs: originMs + 5 * DAY_MS }];
    const { observed, flopAtLeast } = await bench.coalition.statement({}, declared);
    assert.deepEqual(
      bench.proposed.map((statement) => [statement.observed, statement.flopAtLeast]),
      [[observed, flopAtLeast]],
    );
  });

  it("adds up anew when a notice comes", async () => {
    await bench.coalition.work(2, FLOPS_A_DAY);
    await bench.start();
    bench.coalition.ledger.addBlock([bench.coalition.notice()]);
    await bench.coalition.work(8, FLOPS_A_DAY);

    await bench.scan();

    assert.deepEqual(bench.proposed, []);
  });

  it("passes over what no enrolled host signed, and adds up anew when the host is enrolled", async () => {
    const { coalition } = bench;
    await coalition.work(5, FLOPS_A_DAY);
    const honest = await coalition.statement();
    await coalition.work(1, FLOPS_A_DAY, { signWith: testKey("somebody") });
    const hosts = [...coalition.ledger.hosts];
    coalition.ledger.hosts.clear();
    await bench.start();
    assert.deepEqual(bench.proposed, []);
    for (const [hostId, host] of hosts) coalition.ledger.hosts.set(hostId, host);

    await bench.scan();

    assert.deepEqual(
      bench.proposed.map(({ flopAtLeast, observed }) => [flopAtLeast, observed]),
      [[honest.flopAtLeast, honest.observed]],
    );
  });

  it("says nothing while a notice is in force", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.coalition.ledger.addBlock([bench.coalition.notice()]);

    await bench.start();

    assert.deepEqual(bench.proposed, []);
  });

  it("says nothing while a proposal is open that it signed and nobody refused", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.open = [{ ...(await bench.coalition.statement()), signed: [1, 2], refused: [] }];

    await bench.start();
    await bench.scan(500_000);

    assert.deepEqual(bench.proposed, []);
  });

  it("proposes anew what it signed and somebody refused, however often it is proposed", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    const statement = await bench.coalition.statement();
    bench.open = [{ ...statement, signed: [1, 2], refused: [4] }];
    await bench.start();
    await bench.scan(29_999);
    assert.deepEqual(bench.proposed, []);

    await bench.scan(1);

    assert.deepEqual(bench.proposed, [statement]);
  });

  it("proposes anew, with a new block, what it signed and others can sign no more", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.open = [{ ...(await bench.coalition.statement()), signed: [1, 2], refused: [] }];
    bench.coalition.ledger.addBlock([], bench.now);
    await bench.start();
    await bench.scan(300_000);
    await bench.scan(1);
    assert.equal(bench.proposed.length, 0);

    await bench.scan(30_000);

    assert.deepEqual(
      bench.proposed.map(({ ledger }) => ledger.height),
      [1],
    );
  });

  it("gives its own proposal as much time as others', also where it does not sign it", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    const statement = await bench.coalition.statement();
    bench.open = [{ ...statement, signed: [], refused: [2] }];
    await bench.start();
    for (const afterMs of [30_000, 60_000, 29_999]) await bench.scan(afterMs);
    assert.equal(bench.proposed.length, 1);

    await bench.scan(1);

    assert.equal(bench.proposed.length, 2);
  });

  it("is not kept for ever from its own proposal by those that it does not sign", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    const statement = await bench.coalition.statement();
    bench.open = [{ ...statement, signed: [2], refused: [] }];
    await bench.start();
    bench.open = [{ ...statement, flopAtLeast: "1", signed: [2], refused: [] }];
    await bench.scan(29_999);
    assert.deepEqual(bench.proposed, []);

    await bench.scan(1);

    assert.deepEqual(bench.proposed, [statement]);
  });

  it("says nothing new of a filed alert until the bound is greater by the rulebook's share", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.coalition.ledger.filed.push({ statement: await bench.coalition.statement() } as never);
    await bench.start();
    await bench.coalition.work(2, FLOPS_A_DAY);
    await bench.scan();
    assert.deepEqual(bench.proposed, []);
    await bench.coalition.work(1, FLOPS_A_DAY);

    await bench.scan();

    assert.deepEqual(
      bench.proposed.map(({ flopAtLeast }) => flopAtLeast),
      [`${13n * FLOPS_A_DAY}`],
    );
  });

  it("does not propose what its own appraisal would not sign", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.appraisal = { decision: "refuse", reason: "APPRAISAL_EVIDENCE" };

    await bench.start();

    assert.deepEqual(bench.proposed, []);
  });

  it("lets the owner of the log go first when it holds only a mirror", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    await bench.start(3);
    await bench.scan(5_999);
    assert.deepEqual(bench.proposed, []);

    await bench.scan(1);

    assert.equal(bench.proposed.length, 1);
  });

  it("proposes anew what came to nothing, after longer and longer pauses", async () => {
    await bench.coalition.work(10, FLOPS_A_DAY);
    await bench.start();
    const times = [59_999, 1, 119_999, 1];
    const counts = [];
    for (const afterMs of times) {
      await bench.scan(afterMs);
      counts.push(bench.proposed.length);
    }

    assert.deepEqual(counts, [1, 2, 2, 3]);
  });
});

describe("LogTally", () => {
  let coalition: TestCoalition;
  before(async () => (coalition = await TestCoalition.create()));
  after(() => coalition.close());

  it("has of each window what adding up its entries anew gives", () => {
    const segment = fc.record({
      start: fc.integer({ min: 0, max: 70 }),
      hours: fc.integer({ min: 4, max: 24 }),
      flops: fc.bigInt({ min: 0n, max: 10n ** 20n }),
      flags: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 20 }), (segments) => {
        const entries = segments.map(({ start, hours, flops, flags }, number) => {
          const startMs = originMs + start * DAY_MS;
          const times = { number: number + 1, startMs, endMs: startMs + hours * (DAY_MS / 24) };
          return testItem(coalition.networkId, coalition.origin, { ...times, flops, flags }).entry;
        });
        const tally = new LogTally(coalition.genesis, trusting);
        for (const entry of entries) tally.add(entry);

        for (const found of tally.windows()) {
          assert.deepEqual(found.window, alertWindow(coalition.genesis, found.window.startMs));
          const counting = entries
            .slice(found.from, found.to)
            .map((entry) => contributionOf(decodeEntry(entry), found.window));
          const sum = counting.reduce<Tally | undefined>(
            (before, part) => (part ? addContribution(before, part) : before),
            undefined,
          );
          assert.deepEqual(found.tally, sum);
          assert.ok(counting.at(0) && counting.at(-1));
        }
      }),
    );
  });

  it("counts a segment once however often its log's owner wrote it", () => {
    const times = { number: 1, startMs: originMs, endMs: originMs + 1 };
    const { entry } = testItem(coalition.networkId, coalition.origin, { ...times, flops: 5n });
    const tally = new LogTally(coalition.genesis, trusting);
    for (let i = 0; i < 3; i++) tally.add(entry);

    assert.deepEqual(
      tally.windows().map(({ from, to, tally: { flopsLeast } }) => ({ from, to, flopsLeast })),
      [{ from: 0, to: 1, flopsLeast: 5n }],
    );
  });

  it("credits a segment that lies across two windows to the one that it ends in", () => {
    const tally = new LogTally(coalition.genesis, trusting);
    for (let day = 0; day < 40; day++) {
      const startMs = originMs + (day - 0.5) * DAY_MS;
      const times = { number: day + 1, startMs, endMs: startMs + DAY_MS };
      tally.add(testItem(coalition.networkId, coalition.origin, { ...times, flops: 1n }).entry);
    }

    assert.deepEqual(
      tally.windows().map(({ count, tally: { flopsLeast } }) => [count, flopsLeast]),
      [
        [30, 30n],
        [10, 10n],
      ],
    );
  });

  it("gives bytes that are no entry their place and no weight", () => {
    const tally = new LogTally(coalition.genesis, trusting);
    tally.add(new Uint8Array(20));
    const startMs = originMs;
    tally.add(
      testItem(coalition.networkId, coalition.origin, { number: 1, startMs, endMs: startMs + 1, flops: 5n })
        .entry,
    );

    assert.deepEqual(
      tally.windows().map(({ from, to, count }) => ({ from, to, count })),
      [{ from: 1, to: 2, count: 1 }],
    );
  });

  it("goes on over any number of entries that count for nothing", function () {
    this.timeout(60_000); // So many are decoded.
    const dayOf = (day: number): Uint8Array => {
      const startMs = originMs + day * DAY_MS;
      const times = { number: day + 1, startMs, endMs: startMs + DAY_MS };
      return testItem(coalition.networkId, coalition.origin, { ...times, flops: 1n }).entry;
    };
    const tally = new LogTally(coalition.genesis, trusting);
    const pad = (count: number): void => {
      for (let i = 0; i < count; i++) tally.add(new Uint8Array(1));
    };
    tally.add(dayOf(0));
    pad(60_000);
    tally.add(dayOf(1));
    assert.deepEqual(
      tally.windows().map(({ from, to, count }) => [from, to, count]),
      [[0, 60_002, 2]],
    );
    pad(MAX_RANGE);
    for (const day of [2, 3, 4]) tally.add(dayOf(day));

    const [found] = tally.windows();

    assert.deepEqual([found?.from, found?.count], [MAX_RANGE + 60_002, 3]);
    assert.ok(found && found.to - found.from <= MAX_RANGE);
    assert.equal(found.tally.observed.endMs - found.tally.observed.startMs, 3 * DAY_MS);
  });
});

describe("a site with more evidence than a bundle can hold", function () {
  this.timeout(60_000); // Thousands of long entries.
  const [hostCount, days] = [300, 10];
  const hosts = Array.from({ length: hostCount }, (_, i) => testKey(`host ${i}`));
  const flopsOf = (host: number): bigint => BigInt(host + 1) * 10n ** 21n;
  let coalition: TestCoalition;
  let entries: Uint8Array[];
  let found: WindowTally;

  before(async () => {
    coalition = await TestCoalition.create();
    entries = Array.from({ length: days }, (_, day) =>
      hosts.map((host, i) => {
        const startMs = originMs + day * DAY_MS;
        const times = { number: day + 1, startMs, endMs: startMs + DAY_MS };
        const spec = { ...times, host, flops: flopsOf(i), accelerators: 64 };
        return testItem(coalition.networkId, coalition.origin, spec).entry;
      }),
    ).flat();
    const tally = new LogTally(coalition.genesis, trusting);
    for (const entry of entries) tally.add(entry);
    found = tally.windows()[0]!;
  });
  after(() => coalition.close());

  it("is judged by its strongest hosts, over all of its days", () => {
    const kept = found.count / days;

    assert.ok(kept > 200 && kept < hostCount);
    assert.deepEqual(found.tally.observed, { startMs: originMs, endMs: originMs + days * DAY_MS });
    const strongest = hosts.map((_, i) => flopsOf(i)).slice(-kept);
    assert.equal(found.tally.flopsLeast, BigInt(days) * strongest.reduce((sum, flops) => sum + flops, 0n));
  });

  it("gets a statement that follows from what all verifiers make of the range, and fits into a bundle", async () => {
    const { genesis, origin, ledger } = coalition;
    const parts = {
      subject: { operatorId, siteId },
      window: found.window,
      log: { origin, size: entries.length, root: "00".repeat(32) },
      entries: { from: found.from, to: found.to },
      ledger: { height: 0, blockHash: ledger.blockHash(0n)! },
    };
    const statement = alertStatement(genesis, parts, found.tally);
    const publicKeys = new Map(hosts.map((host) => [hostIdOf(host.publicKey) as string, host.publicHex]));
    const host = (hostId: string): HostDocument =>
      ({ operatorId, siteId, publicKey: publicKeys.get(hostId) }) as HostDocument;
    const deps = { ledger: { host, noticeRevisionsAt: () => [] }, verify: () => true };
    const pages = entries.map((entry, index) => [{ index, entry, proof: [], records: new Uint8Array() }]);

    const { tally, counting } = await tallyEvidence(statement, each(pages), deps);

    assert.equal(evidenceProblem(genesis, statement, tally), undefined);
    const sizeBytes = counting.reduce((sum, { entry }) => sum + evidenceBytes(entry), 0);
    assert.ok(sizeBytes <= MAX_EVIDENCE_BYTES + 2 * evidenceBytes(entries[0]!));
    const more = { ...statement, flopAtLeast: `${tally!.flopsLeast + 1n}` };
    assert.equal(evidenceProblem(genesis, more, tally), "ALERT_BOUND");
  });
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
