import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeCanonical,
  type GenesisMember,
  parseMemberId,
  parseNetworkId,
  parseOperatorId,
  parseSiteId,
  summaryBytes,
  type SummaryMessage,
  toHex,
  utf8,
  verifyEd25519,
} from "@comity/protocol";
import type { TopicHandler, Verdict } from "../../../src/gossip/network.ts";
import { CheckpointGossip } from "../../../src/gossip/topics/checkpoint.ts";
import { EquivocationGossip } from "../../../src/gossip/topics/equivocation.ts";
import { SummaryGossip } from "../../../src/gossip/topics/summary.ts";
import { MemoryLogs } from "../memoryLogs.ts";
import { testItem, testOrigin } from "../testEvidence.ts";
import { testKey } from "../testKeys.ts";
import { networkId, quiet } from "../testNetworks.ts";

const memberIds = ["aa", "bb"];
const origin = testOrigin(networkId, "aa", "operator-one", "site-one");
const unknownSite = testOrigin(networkId, "aa", "operator-one", "site-two");
const otherNetwork = testOrigin(parseNetworkId("cd".repeat(32)), "aa", "operator-one", "site-one");
const item = (number: number): { entry: Uint8Array; records: Uint8Array } =>
  testItem(networkId, origin, { number, startMs: number, endMs: number + 1, flops: 7n });

/** What the second member hears of the first one's log. */
class Bench {
  readonly handlers = new Map<string, TopicHandler>();
  readonly published: { topic: string; bytes: Uint8Array }[] = [];
  readonly events: string[] = [];
  readonly owner = new MemoryLogs({ ownIndex: 1, memberIds, key: testKey("aa") });
  readonly forked = new MemoryLogs({ ownIndex: 1, memberIds, key: testKey("aa") });
  readonly observed: string[] = [];
  held: string | undefined;
  policyNow = 1_000;
  readonly #sleepers: (() => void)[] = [];
  readonly equivocations: EquivocationGossip;
  readonly checkpoints: CheckpointGossip;
  readonly summaries: SummaryGossip;

  constructor() {
    const network = {
      publish: (topic: string, bytes: Uint8Array): Promise<void> =>
        Promise.resolve(void this.published.push({ topic, bytes })),
      onMessage: (topic: string, handler: TopicHandler): void => void this.handlers.set(topic, handler),
    };
    const members = memberIds.map((id) => ({
      memberId: id,
      identityKey: testKey(id).publicHex,
    })) as unknown as GenesisMember[];
    const site = {
      siteId: parseSiteId("site-one"),
      operatorId: parseOperatorId("operator-one"),
      memberId: parseMemberId("aa"),
    };
    const names = {
      networkId,
      members,
      site: (siteId: string) => (siteId === "site-one" ? site : undefined),
    };
    const clock = {
      now: () => 0,
      policyNow: () => this.policyNow,
      sleep: (_: number, signal: AbortSignal) => this.#sleep(signal),
    };
    const common = { network, names, verify: verifyEd25519, clock, log: quiet };
    this.equivocations = new EquivocationGossip({
      ...common,
      emit: ({ event }) => void this.events.push(event),
    });
    const logs = {
      list: () => this.owner.list(),
      head: () => (this.held === undefined ? undefined : { own: false }),
      observe: (_: string, note: string) => Promise.resolve(void this.observed.push(note)),
      onEquivocation: () => undefined,
    };
    this.checkpoints = new CheckpointGossip(
      { intervalMs: 10 },
      { ...common, logs, equivocations: this.equivocations },
    );
    const identity = { memberId: "aa", sign: (bytes: Uint8Array) => testKey("aa").sign(bytes) };
    this.summaries = new SummaryGossip({ intervalMs: 10 }, { ...common, logs: this.owner, identity });
  }

  hear(topic: string, bytes: Uint8Array): Promise<Verdict> {
    return this.handlers.get(topic)!(bytes, 1);
  }

  /** Lets the loops that sleep go through one round. */
  async round(): Promise<void> {
    await this.#asleep();
    for (const wake of this.#sleepers.splice(0)) wake();
    await this.#asleep();
  }

  async #asleep(): Promise<void> {
    while (this.#sleepers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

describe("gossip topics about logs", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench();
    await bench.owner.append(origin, [item(1), item(2)]);
    await bench.forked.append(origin, [item(2), item(1)]);
  });

  describe("checkpoint", () => {
    it("keeps the newest note of a log and compares it with the mirror", async () => {
      bench.held = origin;
      assert.equal(await bench.hear("checkpoint", utf8(bench.owner.sign(origin, 1))), "accept");
      assert.equal(await bench.hear("checkpoint", utf8(bench.owner.sign(origin, 2))), "accept");

      assert.deepEqual(bench.checkpoints.latest(), [bench.owner.sign(origin, 2)]);
      assert.equal(bench.observed.length, 2);
    });

    it("ignores what it knows and what is older", async () => {
      const note = utf8(bench.owner.sign(origin, 2));
      await bench.hear("checkpoint", note);

      assert.equal(await bench.hear("checkpoint", note), "ignore");
      assert.equal(await bench.hear("checkpoint", utf8(bench.owner.sign(origin, 1))), "ignore");
    });

    it("rejects a note that the log's owner did not sign, and one of another network", async () => {
      const mallory = new MemoryLogs({ ownIndex: 2, memberIds, key: testKey("bb") });
      await mallory.append(origin, [item(1)]);

      assert.equal(await bench.hear("checkpoint", utf8(mallory.sign(origin, 1))), "reject");
      assert.equal(await bench.hear("checkpoint", utf8(bench.owner.sign(otherNetwork, 0))), "reject");
    });

    it("ignores a log of a site that the ledger does not know", async () => {
      assert.equal(await bench.hear("checkpoint", utf8(bench.owner.sign(unknownSite, 0))), "ignore");
    });

    it("proves to everybody that an owner signed two trees of one size", async () => {
      await bench.hear("checkpoint", utf8(bench.owner.sign(origin, 2)));
      await bench.hear("checkpoint", utf8(bench.forked.sign(origin, 2)));

      const [proof] = bench.equivocations.proofs();
      assert.deepEqual(
        [proof?.first, proof?.second],
        [bench.owner.sign(origin, 2), bench.forked.sign(origin, 2)],
      );
      assert.deepEqual(
        bench.published.map(({ topic }) => topic),
        ["equivocation"],
      );
      assert.deepEqual(bench.events, ["equivocation"]);
      const elsewhere = new Bench();
      assert.equal(await elsewhere.hear("equivocation", bench.published[0]!.bytes), "accept");
    });

    it("says the own notes again and again", async () => {
      await bench.checkpoints.start();
      await bench.round();
      await bench.checkpoints.stop();

      const said = bench.published.filter(({ topic }) => topic === "checkpoint");
      assert.ok(said.length >= 2);
      assert.ok(
        said.every(({ bytes }) => Buffer.from(bytes).equals(Buffer.from(bench.owner.sign(origin, 2)))),
      );
    });
  });

  describe("equivocation", () => {
    const message = (first: string, second: string): Uint8Array =>
      encodeCanonical({ type: "comity/v1/equivocation", first, second });

    it("ignores a second proof about one log", async () => {
      const proof = message(bench.owner.sign(origin, 2), bench.forked.sign(origin, 2));
      await bench.hear("equivocation", proof);

      assert.equal(await bench.hear("equivocation", proof), "ignore");
    });

    it("rejects two notes that agree, that are of two sizes, or that somebody else signed", async () => {
      const mallory = new MemoryLogs({ ownIndex: 1, memberIds, key: testKey("bb") });
      await mallory.append(origin, [item(3), item(4)]);
      const note = bench.owner.sign(origin, 2);

      assert.equal(await bench.hear("equivocation", message(note, note)), "reject");
      assert.equal(await bench.hear("equivocation", message(note, bench.forked.sign(origin, 1))), "reject");
      assert.equal(await bench.hear("equivocation", message(note, mallory.sign(origin, 2))), "reject");
      assert.deepEqual(bench.equivocations.proofs(), []);
    });
  });

  describe("summary", () => {
    const summary = (change: Partial<SummaryMessage> = {}, key = testKey("aa")): Uint8Array => {
      const base = {
        type: "comity/v1/summary",
        memberId: parseMemberId("aa"),
        origin,
        interval: { startMs: 1, endMs: 2 },
      } as const;
      const totals = {
        segments: 1,
        records: 1,
        accelerators: 1,
        flopLeast: "7",
        size: 1,
        root: "00".repeat(32),
      };
      const unsigned = { ...base, ...totals, ...change };
      return encodeCanonical({ ...unsigned, signature: toHex(key.sign(summaryBytes(networkId, unsigned))) });
    };

    it("keeps the newest summary of a log", async () => {
      assert.equal(await bench.hear("summary", summary()), "accept");
      assert.equal(
        await bench.hear("summary", summary({ interval: { startMs: 2, endMs: 3 }, size: 2 })),
        "accept",
      );
      assert.equal(await bench.hear("summary", summary()), "ignore");

      assert.deepEqual(
        bench.summaries.latest().map(({ size }) => size),
        [2],
      );
    });

    const rejected: Record<string, () => Uint8Array> = {
      "that its member did not sign": () => summary({}, testKey("bb")),
      "of another member's log": () => summary({ memberId: parseMemberId("bb") }, testKey("bb")),
      "of an interval that ends before it starts": () => summary({ interval: { startMs: 2, endMs: 2 } }),
      "of another network": () => summary({ origin: otherNetwork }),
    };
    for (const [what, make] of Object.entries(rejected)) {
      it(`rejects one ${what}`, async () => assert.equal(await bench.hear("summary", make()), "reject"));
    }

    it("ignores one of a site that the ledger does not know", async () => {
      assert.equal(await bench.hear("summary", summary({ origin: unknownSite })), "ignore");
    });

    it("tells what came in since the last one, and others accept it", async () => {
      await bench.summaries.start();
      await bench.round();
      bench.policyNow = 2_000;
      await bench.owner.append(origin, [item(3), item(4), item(5)]);
      await bench.round();
      await bench.summaries.stop();

      const [said] = bench.published.filter(({ topic }) => topic === "summary");
      const [own] = bench.summaries.latest();
      const { segments, records, accelerators, flopLeast, size, interval } = own!;
      assert.deepEqual(
        { segments, records, accelerators, flopLeast, size, interval },
        {
          segments: 3,
          records: 3,
          accelerators: 1,
          flopLeast: "21",
          size: 5,
          interval: { startMs: 1_000, endMs: 2_000 },
        },
      );
      assert.equal(await new Bench().hear("summary", said!.bytes), "accept");
    });
  });

  it("only ever ignore or reject random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("checkpoint", "summary", "equivocation"),
        async (bytes, topic) => {
          assert.notEqual(await bench.hear(topic, bytes), "accept");
        },
      ),
      { numRuns: 300 },
    );
  });
});
