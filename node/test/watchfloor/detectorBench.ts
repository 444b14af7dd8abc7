import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AlertStatement, verifyEd25519 } from "@comity/protocol";
import type { Appraisal } from "../../src/signing/ports.ts";
import { CheckpointArchive } from "../../src/watchfloor/checkpointArchive.ts";
import { Detector } from "../../src/watchfloor/detector.ts";
import { quiet } from "../gossip/testNetworks.ts";
import { TestCoalition } from "./testCoalition.ts";

/** Projected over 90 days far above 10²⁴ FLOP; ten days of it below. */
export const FLOPS_A_DAY = 50_000_000_000_000_000_000_000n;

/** A detector whose time stands still until the test lets one scan pass. */
export class DetectorBench {
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

  static async create(): Promise<DetectorBench> {
    return new DetectorBench(await TestCoalition.create(), await mkdtemp(join(tmpdir(), "comity-detector-")));
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
