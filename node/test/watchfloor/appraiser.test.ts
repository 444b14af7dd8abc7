import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  alertStatement,
  type AlertStatement,
  DAY_MS,
  parseOperatorId,
  parseSiteId,
  verifyEd25519,
} from "@comity/protocol";
import { StreamError } from "../../src/gossip/network.ts";
import type { StreamHandler } from "../../src/gossip/network.ts";
import { serveEvidence } from "../../src/gossip/evidenceStream.ts";
import { AlertAppraiser } from "../../src/watchfloor/appraiser.ts";
import { CheckpointArchive } from "../../src/watchfloor/checkpointArchive.ts";
import { EvidenceSource } from "../../src/watchfloor/evidenceSource.ts";
import { MemoryLogs } from "../gossip/memoryLogs.ts";
import { testKey } from "../gossip/testKeys.ts";
import { realClock } from "../gossip/testNetworks.ts";
import { memberIds, originMs, TestCoalition } from "./testCoalition.ts";

const FLOPS_A_DAY = 50_000_000_000_000_000_000_000n;
const signal = new AbortController().signal;

/** The second member appraises what the first, who keeps the log, proposes. Only the first serves evidence. */
class Bench {
  readonly coalition: TestCoalition;
  readonly dir: string;
  readonly asked: number[] = [];
  served: StreamHandler | undefined;

  private constructor(coalition: TestCoalition, dir: string) {
    this.coalition = coalition;
    this.dir = dir;
  }

  static async create(): Promise<Bench> {
    return new Bench(await TestCoalition.create(), await mkdtemp(join(tmpdir(), "comity-appraiser-")));
  }

  serve(): void {
    const [logs] = this.coalition.logs;
    const checkpointAt = (origin: string, size: number): Promise<string> =>
      Promise.resolve(logs!.sign(origin, size));
    serveEvidence({ network: { serve: (_, handler) => (this.served = handler) }, logs: logs!, checkpointAt });
  }

  /** The decision of the second member, in a word. */
  async appraise(statement: AlertStatement, patienceMs = 0): Promise<string> {
    const { genesis, networkId, ledger, logs } = this.coalition;
    const archive = new CheckpointArchive({ directory: join(this.dir, "notes") });
    const request = (member: number, _stream: string, bytes: Uint8Array): Promise<Uint8Array> => {
      this.asked.push(member);
      if (member !== 1 || !this.served) return Promise.reject(new StreamError("STREAM_UNREACHABLE", "away"));
      return this.served(bytes, 2);
    };
    const deps = {
      genesis,
      ledger,
      logs: logs[1]!,
      network: { request },
      archive,
      verify: verifyEd25519,
      clock: realClock,
    };
    const evidence = new EvidenceSource({ ownIndex: 2, answerTimeoutMs: 5_000, rangeTimeoutMs: 5_000 }, deps);
    const appraiser = new AlertAppraiser({ networkId, retryMs: 1, patienceMs }, { ...deps, evidence });
    const appraisal = await appraiser.appraise(statement, 1, signal);
    return appraisal.decision === "sign" ? "sign" : appraisal.reason;
  }

  async close(): Promise<void> {
    await this.coalition.close();
    await rm(this.dir, { recursive: true });
  }
}

describe("AlertAppraiser", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.create();
    await bench.coalition.work(10, FLOPS_A_DAY);
    bench.serve();
  });
  afterEach(() => bench.close());

  async function restated(
    change: (tally: { flopsLeast: bigint; observed: AlertStatement["observed"] }) => void,
  ): Promise<AlertStatement> {
    const honest = await bench.coalition.statement();
    const tally = { flopsLeast: BigInt(honest.flopAtLeast), observed: { ...honest.observed } };
    change(tally);
    return alertStatement(bench.coalition.genesis, honest, tally);
  }

  it("signs what the evidence of the proposer shows", async () => {
    assert.equal(await bench.appraise(await bench.coalition.statement()), "sign");
  });

  it("signs a bound below what the evidence shows", async () => {
    assert.equal(await bench.appraise(await restated((tally) => (tally.flopsLeast -= 1n))), "sign");
  });

  it("signs from its own mirror without asking anybody", async () => {
    const [own, mirror] = bench.coalition.logs;
    const { origin } = bench.coalition;
    const entries = await own!.entries(origin, 0, 10);
    await mirror!.mirror(
      origin,
      0,
      entries.map((entry) => ({ entry, records: new Uint8Array() })),
      own!.sign(origin, 10),
    );
    bench.served = undefined;

    assert.equal(await bench.appraise(await bench.coalition.statement()), "sign");
    assert.deepEqual(bench.asked, []);
  });

  it("refuses with APPRAISAL_BOUND one FLOP more than the evidence shows", async () => {
    assert.equal(
      await bench.appraise(await restated((tally) => (tally.flopsLeast += 1n))),
      "APPRAISAL_BOUND",
    );
  });

  it("refuses with APPRAISAL_RULE what does not fire", async () => {
    assert.equal(await bench.appraise(await restated((tally) => (tally.flopsLeast = 1n))), "APPRAISAL_RULE");
  });

  it("refuses with APPRAISAL_RULE another time of observation than the evidence shows", async () => {
    const longer = await restated(
      (tally) => (tally.observed = { ...tally.observed, endMs: tally.observed.endMs + 1 }),
    );

    assert.equal(await bench.appraise(longer), "APPRAISAL_RULE");
  });

  it("refuses with APPRAISAL_RULE another projection than the rulebook's", async () => {
    const statement = await bench.coalition.statement();

    assert.equal(
      await bench.appraise({ ...statement, projectedFlop: `${BigInt(statement.projectedFlop) + 1n}` }),
      "APPRAISAL_RULE",
    );
  });

  it("refuses with APPRAISAL_WINDOW a window off the grid", async () => {
    const statement = await bench.coalition.statement();
    const window = { startMs: statement.window.startMs + 1, endMs: statement.window.endMs + 1 };

    assert.equal(await bench.appraise({ ...statement, window }), "APPRAISAL_WINDOW");
  });

  it("refuses with APPRAISAL_LEDGER another block hash than its own", async () => {
    const ledger = { height: 0, blockHash: "00".repeat(32) };

    assert.equal(await bench.appraise(await bench.coalition.statement({ ledger })), "APPRAISAL_LEDGER");
  });

  it("refuses with APPRAISAL_LEDGER a block that it does not get to see", async () => {
    const ledger = { height: 9, blockHash: "00".repeat(32) };

    assert.equal(await bench.appraise(await bench.coalition.statement({ ledger }), 5), "APPRAISAL_LEDGER");
  });

  it("refuses with APPRAISAL_LEDGER a block that was replaced more than five minutes ago", async () => {
    const statement = await bench.coalition.statement();
    bench.coalition.ledger.addBlock([], Date.now() - 301_000);

    assert.equal(await bench.appraise(statement), "APPRAISAL_LEDGER");
  });

  it("signs on an old block that is still the newest, and on one replaced lately", async () => {
    bench.coalition.ledger.addBlock([], Date.now() - 900_000);
    const statement = await bench.coalition.statement();
    assert.equal(await bench.appraise(statement), "sign");
    bench.coalition.ledger.addBlock([], Date.now() - 240_000);

    assert.equal(await bench.appraise(statement), "sign");
  });

  it("refuses with APPRAISAL_NOTICE a height at which a notice was in force", async () => {
    bench.coalition.ledger.addBlock([bench.coalition.notice()]);

    assert.equal(await bench.appraise(await bench.coalition.statement()), "APPRAISAL_NOTICE");
  });

  it("refuses with APPRAISAL_NOTICE what a notice declared in part, and signs the rest of it", async () => {
    bench.coalition.ledger.addBlock([bench.coalition.notice({ plannedEndMs: originMs + 5 * DAY_MS })]);
    const declared = [{ startMs: originMs, endMs: originMs + 5 * DAY_MS }];

    assert.equal(await bench.appraise(await bench.coalition.statement()), "APPRAISAL_NOTICE");
    assert.equal(await bench.appraise(await bench.coalition.statement({}, declared)), "sign");
  });

  const harmless = {
    withdrawn: { status: "withdrawn" },
    "of another site": { facilities: [parseSiteId("site-two")] },
    "filed later than what was observed": { changedMs: originMs + 11 * DAY_MS },
    "of an earlier time": { plannedEndMs: originMs },
  } as const;
  for (const [what, change] of Object.entries(harmless)) {
    it(`signs although there is a notice ${what}`, async () => {
      bench.coalition.ledger.addBlock([bench.coalition.notice(change)]);

      assert.equal(await bench.appraise(await bench.coalition.statement()), "sign");
    });
  }

  it("refuses with APPRAISAL_SUBJECT an operator that does not run the site", async () => {
    const statement = await bench.coalition.statement();
    const subject = { ...statement.subject, operatorId: parseOperatorId("operator-two") };

    assert.equal(await bench.appraise({ ...statement, subject }), "APPRAISAL_SUBJECT");
  });

  it("refuses with APPRAISAL_SUBJECT a log that is not the site's", async () => {
    const statement = await bench.coalition.statement();
    const log = { ...statement.log, origin: statement.log.origin.replace("/aa/", "/bb/") };

    assert.equal(await bench.appraise({ ...statement, log }), "APPRAISAL_SUBJECT");
  });

  it("refuses with APPRAISAL_SUBJECT a site that the ledger does not get to know", async () => {
    bench.coalition.ledger.sites.clear();

    assert.equal(await bench.appraise(await bench.coalition.statement(), 5), "APPRAISAL_SUBJECT");
  });

  it("refuses with APPRAISAL_EVIDENCE what nobody hands out", async () => {
    bench.served = undefined;

    assert.equal(await bench.appraise(await bench.coalition.statement(), 5), "APPRAISAL_EVIDENCE");
    assert.deepEqual([...new Set(bench.asked)], [1, 3, 4]);
  });

  it("waits for evidence that is not there yet", async () => {
    const { served } = bench;
    bench.served = undefined;
    const appraised = bench.appraise(await bench.coalition.statement(), 60_000);
    while (bench.asked.length < 6) await new Promise((resolve) => setImmediate(resolve));
    bench.served = served;

    assert.equal(await appraised, "sign");
  });

  it("refuses with APPRAISAL_EVIDENCE a root that the owner did not sign", async () => {
    const statement = await bench.coalition.statement();

    assert.equal(
      await bench.appraise({ ...statement, log: { ...statement.log, root: "00".repeat(32) } }, 5),
      "APPRAISAL_EVIDENCE",
    );
  });

  it("refuses with APPRAISAL_EVIDENCE at once if its own mirror has another root at that size", async () => {
    const { origin, logs } = bench.coalition;
    const other = new MemoryLogs({ ownIndex: 1, memberIds, key: testKey("aa") });
    const entries = (await logs[0]!.entries(origin, 0, 10))
      .reverse()
      .map((entry) => ({ entry, records: new Uint8Array() }));
    await other.append(origin, entries);
    await logs[1]!.mirror(origin, 0, entries, other.sign(origin, 10));

    assert.equal(await bench.appraise(await bench.coalition.statement(), 60_000), "APPRAISAL_EVIDENCE");
  });

  it("refuses with APPRAISAL_RULE or APPRAISAL_BOUND a sum with a segment that its host did not sign, and signs the rest", async () => {
    const honest = await bench.coalition.statement();
    await bench.coalition.work(1, FLOPS_A_DAY, { signWith: testKey("somebody") });
    const { log, entries } = await bench.coalition.statement();

    assert.equal(await bench.appraise(await bench.coalition.statement()), "APPRAISAL_RULE");
    assert.equal(await bench.appraise({ ...honest, log, entries }), "sign");
  });

  it("refuses with APPRAISAL_EVIDENCE a host that is not enrolled at the site", async () => {
    await bench.coalition.work(1, FLOPS_A_DAY, { host: testKey("another host") });

    assert.equal(await bench.appraise(await bench.coalition.statement(), 5), "APPRAISAL_EVIDENCE");
  });

  it("refuses with APPRAISAL_BOUND a sum in which a segment counts twice", async () => {
    const again = { number: 10, startMs: originMs + 9 * DAY_MS, endMs: originMs + 10 * DAY_MS };
    await bench.coalition.work(1, FLOPS_A_DAY, again);

    assert.equal(await bench.appraise(await bench.coalition.statement()), "APPRAISAL_BOUND");
    assert.equal(await bench.appraise(await restated((tally) => (tally.flopsLeast -= FLOPS_A_DAY))), "sign");
  });

  it("leaves out entries with a stale nonce and those outside the window", async () => {
    await bench.coalition.work(1, FLOPS_A_DAY, { flags: 1 });
    await bench.coalition.work(1, FLOPS_A_DAY, {
      startMs: originMs + 29.5 * DAY_MS,
      endMs: originMs + 30.5 * DAY_MS,
    });
    const statement = await bench.coalition.statement();

    assert.equal(statement.flopAtLeast, `${10n * FLOPS_A_DAY}`);
    assert.equal(await bench.appraise(statement), "sign");
    assert.equal(
      await bench.appraise(await restated((tally) => (tally.flopsLeast += FLOPS_A_DAY))),
      "APPRAISAL_BOUND",
    );
  });
});
