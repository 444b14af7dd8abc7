import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Coalition, startCoalition } from "@comity/cli";
import {
  type AlertDocument,
  alertDocument,
  decodeGenesis,
  type Genesis,
  page,
  type VerifiedBundle,
  blstBls,
  verifyBundle,
} from "@comity/protocol";
import * as blst from "@chainsafe/blst";
import { EventBook } from "./eventBook.ts";
import { eventually } from "./eventually.ts";

/** A policy day a second for an hour: no test outlives it. */
export const testClock = { scale: 86_400, scaledMs: 3_600_000, bucketMs: 300_000 };

/** Two accelerators can cross this; one window holds the evidence of every test. */
export const testRulebook = { reportingThresholdFlop: `1${"0".repeat(21)}`, alertWindowDays: "3650" };

/** A running coalition of four and what it says. */
export class TestCoalition {
  readonly coalition: Coalition;
  readonly events: EventBook;
  readonly genesis: Genesis;
  /** Processes that a suite keeps down: nobody heals them. */
  readonly absent = new Set<string>();

  private constructor(coalition: Coalition, events: EventBook) {
    this.coalition = coalition;
    this.events = events;
    this.genesis = decodeGenesis(readFileSync(coalition.layout.genesisFile));
  }

  static async start(): Promise<TestCoalition> {
    const events = new EventBook();
    const coalition = await startCoalition(
      { dataDir: mkdtempSync(join(tmpdir(), "comity-test-")), clock: testClock, rulebook: testRulebook },
      {
        onEvent: events.listener,
        now: Date.now,
        sleep: (ms, signal) => pause(ms, undefined, { signal }),
      },
    );
    const started = new TestCoalition(coalition, events);
    await coalition.ready().catch(async (error: unknown) => {
      await coalition.close();
      throw error;
    });
    return started;
  }

  async close(): Promise<void> {
    await this.coalition.close();
    rmSync(this.coalition.layout.root, { recursive: true, force: true });
  }

  get memberIds(): readonly string[] {
    return this.coalition.network.members.map(({ memberId }) => memberId);
  }

  memberId(index: number): string {
    const id = this.memberIds[index - 1];
    if (id === undefined) throw new RangeError(`there is no member ${index}`);
    return id;
  }

  /** Starts whatever a test left dead, and waits until all is well again. Attesters are their tests' own. */
  async heal(): Promise<void> {
    for (const { name, pid } of this.coalition.processes()) {
      const isWanted = !this.absent.has(name) && !name.startsWith("attester-");
      if (pid === undefined && isWanted) await this.coalition.restart(name);
    }
    if (this.absent.size === 0) await this.coalition.ready();
  }

  async alerts(): Promise<readonly AlertDocument[]> {
    const ledger = this.coalition.ledger(this.memberId(1), "officer");
    const items: AlertDocument[] = [];
    let bookmark = "";
    do {
      const bytes = await ledger.evaluate("alert:List", "100", bookmark);
      const found = page(alertDocument)(JSON.parse(new TextDecoder().decode(bytes)));
      items.push(...found.items);
      bookmark = found.bookmark;
    } while (bookmark !== "");
    return items;
  }

  /** The alert about a site, as soon as the ledger has it. */
  alertAbout(siteId: string, timeoutMs = 45_000): Promise<AlertDocument> {
    return eventually(
      `an alert about ${siteId} on the ledger`,
      async () => (await this.alerts()).find(({ statement }) => statement.subject.siteId === siteId),
      timeoutMs,
    );
  }

  /** The alert's bundle as a member's node gives it, verified against the genesis that this test made. */
  async bundle(alertId: string, memberId: string): Promise<{ bytes: Uint8Array; verified: VerifiedBundle }> {
    const url = `${this.coalition.consoleUrl(memberId)}/v1/alerts/${alertId}/bundle`;
    const bytes = await eventually(`a bundle of ${alertId} from ${memberId}`, async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      const body = new Uint8Array(await response.arrayBuffer());
      return response.status === 200 ? body : undefined;
    });
    return { bytes, verified: this.verify(bytes) };
  }

  verify(bytes: Uint8Array): VerifiedBundle {
    return verifyBundle(bytes, { genesis: this.coalition.network.genesis, bls: blstBls(blst) });
  }
}
