import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  addContribution,
  alertWindow,
  type AlertStatement,
  contributionOf,
  DAY_MS,
  decodeEntry,
  type Tally,
  verifyEd25519,
} from "@comity/protocol";
import type { Appraisal } from "../../src/signing/ports.ts";
import { CheckpointArchive } from "../../src/watchfloor/checkpointArchive.ts";
import { Detector } from "../../src/watchfloor/detector.ts";
import { LogTally, type TallyRules } from "../../src/watchfloor/logTally.ts";
import { testItem } from "../gossip/testEvidence.ts";
import { testKey } from "../gossip/testKeys.ts";
import { quiet } from "../gossip/testNetworks.ts";
import { originMs, TestCoalition } from "./testCoalition.ts";

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
      days: fc.integer({ min: 1, max: 5 }),
      flops: fc.bigInt({ min: 0n, max: 10n ** 20n }),
      flags: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 20 }), (segments) => {
        const entries = segments.map(({ start, days, flops, flags }, number) => {
          const startMs = originMs + start * DAY_MS;
          const times = { number: number + 1, startMs, endMs: startMs + days * DAY_MS };
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
});
