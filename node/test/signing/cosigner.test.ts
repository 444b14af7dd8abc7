import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import fc from "fast-check";
import {
  alertIdOf,
  type AlertStatement,
  blstBls,
  decisionBytes,
  decodeCanonical,
  encodeCanonical,
  fromHex,
  partialHashOf,
  type PartialMessage,
  proposalBytes,
  type ProposalMessage,
  refusal,
  type RefusalMessage,
  toHex,
  type UnsignedDecision,
  verifyEd25519,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import type { StreamHandler, TopicHandler, Verdict } from "../../src/gossip/network.ts";
import { Cosigner } from "../../src/signing/cosigner.ts";
import { digestOf } from "../../src/signing/messageRules.ts";
import type { Appraisal } from "../../src/signing/ports.ts";
import { decodeOpenProposals } from "../../src/signing/sessionsStream.ts";
import { quiet, realClock } from "../gossip/testNetworks.ts";
import { TestCoalition } from "../watchfloor/testCoalition.ts";

/** The first member's co-signer with its network in the test's hands. */
class Bench {
  readonly handlers = new Map<string, TopicHandler>();
  readonly streams = new Map<string, StreamHandler>();
  readonly published: { readonly topic: string; readonly message: Uint8Array }[] = [];
  /** What the co-signer says waits for it. */
  beforePublish: (topic: string) => Promise<void> = () => Promise.resolve();
  sleep: typeof realClock.sleep = (ms, signal) => realClock.sleep(ms, signal);
  appraisal: Promise<Appraisal> = new Promise(() => undefined);
  readonly coalition: TestCoalition;
  dir: string;
  cosigner!: Cosigner;

  private constructor(coalition: TestCoalition, dir: string) {
    this.coalition = coalition;
    this.dir = dir;
  }

  static async create(): Promise<Bench> {
    const coalition = await TestCoalition.create();
    const bench = new Bench(coalition, await mkdtemp(join(tmpdir(), "comity-bench-")));
    await coalition.work(10, 50_000_000_000_000_000_000_000n);
    await bench.open();
    return bench;
  }

  async open(): Promise<void> {
    const { genesis, networkId, ledger, keys, group } = this.coalition;
    this.cosigner = await Cosigner.open(
      {
        genesis,
        networkId,
        memberCount: 4,
        directory: this.dir,
        regossipMs: 20,
        fileStaggerMs: 0,
        maxOpenPerMember: 8,
        proposalLifeMs: 600_000,
        replacementBasisPoints: 12_500n,
      },
      {
        network: {
          publish: async (topic, message) => {
            await this.beforePublish(topic);
            this.published.push({ topic, message });
          },
          onMessage: (topic, handler) => void this.handlers.set(topic, handler),
          serve: (stream, handler) => void this.streams.set(stream, handler),
          request: () => new Promise(() => undefined),
          onPeer: () => undefined,
          peers: () => [],
        },
        ledger,
        submitter: ledger,
        shares: { shareFor: () => Promise.resolve(group.shares[0]) },
        identity: { index: 1, sign: (bytes) => keys[0]!.sign(bytes) },
        appraiser: { appraise: (_statement, _proposer, signal) => abortable(this.appraisal, signal) },
        verify: verifyEd25519,
        bls: blstBls(blst),
        clock: { now: Date.now, sleep: (ms, signal) => this.sleep(ms, signal) },
        random: () => 0,
        log: quiet,
        emit: () => undefined,
      },
    );
  }

  async close(): Promise<void> {
    await this.cosigner.stop();
    await this.coalition.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  hear(topic: string, message: unknown, from = 2): Promise<Verdict> {
    return this.handlers.get(topic)!(
      message instanceof Uint8Array ? message : encodeCanonical(message),
      from,
    );
  }

  async proposal(change: Partial<ProposalMessage> = {}, signer = 2): Promise<ProposalMessage> {
    const { networkId, keys } = this.coalition;
    const statement = await this.coalition.statement();
    const base = {
      type: "comity/v1/proposal",
      memberIndex: 2,
      kind: "alert",
      keyEpoch: 1,
      statement,
      expiresAtMs: Date.now() + 500_000,
    } as const;
    const unsigned = { ...base, ...change };
    const bytes = proposalBytes(networkId, this.digest(unsigned), unsigned);
    return { ...unsigned, signature: toHex(keys[signer - 1]!.sign(bytes)) };
  }

  digest(message: Pick<ProposalMessage, "kind" | "keyEpoch" | "statement">): Uint8Array {
    return digestOf(this.coalition.networkId, this.coalition.ledger.currentEpoch()!, message);
  }

  partial(
    digest: Uint8Array,
    member: number,
    wrong: { partial?: Uint8Array; signer?: number; keyEpoch?: number; hash?: string } = {},
  ): PartialMessage {
    const partial =
      wrong.partial ?? signPartial(this.coalition.group.shares[member - 1]!.secretShare, digest);
    const partialHash = wrong.hash ?? partialHashOf(partial);
    const decision = this.decision(
      digest,
      { memberIndex: member, decision: "sign", reason: "", logPosition: 0, partialHash },
      wrong.signer,
    );
    return {
      type: "comity/v1/partial",
      digest: toHex(digest),
      keyEpoch: wrong.keyEpoch ?? 1,
      partial: toHex(partial),
      decision,
    };
  }

  refusal(digest: Uint8Array, member: number, signer?: number): RefusalMessage {
    return {
      type: "comity/v1/refusal",
      digest: toHex(digest),
      decision: this.decision(digest, refusal(member, "APPRAISAL_RULE", 0), signer),
    };
  }

  decision(
    digest: Uint8Array,
    unsigned: UnsignedDecision,
    signer = unsigned.memberIndex,
  ): UnsignedDecision & { signature: string } {
    const bytes = decisionBytes(this.coalition.networkId, digest, unsigned);
    return { ...unsigned, signature: toHex(this.coalition.keys[signer - 1]!.sign(bytes)) };
  }

  /** A heard proposal; its digest. */
  async opened(): Promise<Uint8Array> {
    const message = await this.proposal();
    assert.equal(await this.hear("proposal", message), "accept");
    return this.digest(message);
  }
}

function abortable<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    value.then(resolve, reject);
  });
}

describe("Cosigner", () => {
  let bench: Bench;
  beforeEach(async () => (bench = await Bench.create()));
  afterEach(() => bench.close());
  const signed = (): readonly number[] => bench.cosigner.status()[0]?.signed ?? [];

  describe("hears a proposal and", () => {
    it("ignores it the second time", async () => {
      const message = await bench.proposal();
      await bench.hear("proposal", message);

      assert.equal(await bench.hear("proposal", message, 3), "ignore");
      assert.equal(bench.cosigner.status().length, 1);
    });

    it("rejects it if its member did not sign it", async () => {
      assert.equal(await bench.hear("proposal", await bench.proposal({}, 3)), "reject");
    });

    it("rejects it if its author is no member", async () => {
      assert.equal(await bench.hear("proposal", await bench.proposal({ memberIndex: 9 })), "reject");
    });

    it("ignores it once it is over, so that a replay opens nothing", async () => {
      assert.equal(
        await bench.hear("proposal", await bench.proposal({ expiresAtMs: Date.now() - 1 })),
        "ignore",
      );
      assert.equal(bench.cosigner.status().length, 0);
    });

    it("rejects it if it would live too long", async () => {
      assert.equal(
        await bench.hear("proposal", await bench.proposal({ expiresAtMs: Date.now() + 900_000 })),
        "reject",
      );
    });

    it("ignores it under another key epoch", async () => {
      assert.equal(await bench.hear("proposal", await bench.proposal({ keyEpoch: 2 })), "ignore");
    });

    it("ignores it if the ledger shows the alert already", async () => {
      const message = await bench.proposal();
      bench.coalition.ledger.filed.push({ alertId: alertIdOf(message.statement) } as never);

      assert.equal(await bench.hear("proposal", message), "ignore");
    });

    it("keeps a statement open for as long as anybody proposes it", async () => {
      const life = { short: Date.now() + 60_000, long: Date.now() + 500_000 };
      await bench.hear("proposal", await bench.proposal({ expiresAtMs: life.short }));
      const longer = await bench.proposal({ memberIndex: 3, expiresAtMs: life.long }, 3);

      assert.equal(await bench.hear("proposal", longer, 3), "accept");
      assert.equal(await bench.hear("proposal", longer, 4), "ignore");
      const open = bench.cosigner.status().map(({ proposer, expiresAtMs }) => [proposer, expiresAtMs]);
      assert.deepEqual(open, [[2, life.long]]);
    });

    it("opens a statement again whose proposal ran out", async () => {
      const message = await bench.proposal({ expiresAtMs: Date.now() + 200 });
      await bench.hear("proposal", message);
      while (Date.now() <= message.expiresAtMs) await new Promise((resolve) => setImmediate(resolve));
      await bench.hear("partial", bench.partial(bench.digest(message), 4));
      assert.equal(bench.cosigner.status().length, 0);

      assert.equal(await bench.hear("proposal", await bench.proposal({ memberIndex: 3 }, 3), 3), "accept");
      assert.equal(bench.cosigner.status().length, 1);
    });

    it("ignores a member's ninth", async () => {
      const statement = await bench.coalition.statement();
      const verdicts = [];
      for (let to = 1; to <= 9; to++) {
        verdicts.push(
          await bench.hear(
            "proposal",
            await bench.proposal({ statement: { ...statement, entries: { from: 0, to } } }),
          ),
        );
      }

      assert.deepEqual(verdicts, [...Array<string>(8).fill("accept"), "ignore"]);
    });
  });

  it("counts what was refused against its member's limit, for as long as any proposal may live", async () => {
    const statement = await bench.coalition.statement();
    const numbered = (to: number): AlertStatement => ({ ...statement, entries: { from: 0, to } });
    for (let to = 1; to <= 8; to++) {
      const message = await bench.proposal({ statement: numbered(to), expiresAtMs: Date.now() + 200 });
      await bench.hear("proposal", message);
      for (const member of [2, 3, 4])
        await bench.hear("refusal", bench.refusal(bench.digest(message), member));
    }
    assert.equal(bench.cosigner.status().length, 0);

    const ninth = { statement: numbered(9) };
    assert.equal(await bench.hear("proposal", await bench.proposal(ninth)), "ignore");
    assert.equal(
      await bench.hear("proposal", await bench.proposal({ ...ninth, memberIndex: 3 }, 3)),
      "accept",
    );
  });

  it("rejects what is off the rulebook's grid, and remembers nothing of it", async () => {
    bench.appraisal = Promise.resolve({ decision: "refuse", reason: "APPRAISAL_WINDOW" });
    const { window, ...rest } = await bench.coalition.statement();
    const statement = { ...rest, window: { startMs: window.startMs + 1, endMs: window.endMs + 1 } };

    for (let i = 0; i < 20; i++)
      assert.equal(await bench.hear("proposal", await bench.proposal({ statement })), "reject");

    assert.equal(bench.cosigner.status().length, 0);
    assert.deepEqual(await readdir(join(bench.dir, "sessions")), []);
    assert.equal(await bench.hear("proposal", await bench.proposal()), "accept");
  });

  it("does not propose with SIGNING_NO_KEY before there is a key", async () => {
    bench.coalition.ledger.epochRecords = [];

    await assert.rejects(bench.cosigner.propose(await bench.coalition.statement()), {
      code: "SIGNING_NO_KEY",
    });
  });

  it("proposes a statement that somebody let run out", async () => {
    const message = await bench.proposal({ expiresAtMs: Date.now() + 100 });
    await bench.hear("proposal", message);
    while (Date.now() <= message.expiresAtMs) await new Promise((resolve) => setImmediate(resolve));
    await bench.hear("partial", bench.partial(bench.digest(message), 4));

    await bench.cosigner.propose(message.statement);

    assert.deepEqual(
      bench.cosigner.status().map(({ proposer }) => proposer),
      [1],
    );
  });

  describe("hears a partial and", () => {
    it("counts it for the member that signed it", async () => {
      const digest = await bench.opened();

      assert.equal(await bench.hear("partial", bench.partial(digest, 3), 4), "accept");
      assert.deepEqual(signed(), [3]);
    });

    it("ignores it if nobody proposed that digest", async () => {
      assert.equal(await bench.hear("partial", bench.partial(fromHex("ab".repeat(32)), 3)), "ignore");
    });

    it("ignores it the second time", async () => {
      const digest = await bench.opened();
      await bench.hear("partial", bench.partial(digest, 3));

      assert.equal(await bench.hear("partial", bench.partial(digest, 3)), "ignore");
    });

    const bad: Record<string, (digest: Uint8Array) => PartialMessage> = {
      "of an old epoch": (digest) => bench.partial(digest, 3, { keyEpoch: 2 }),
      "whose decision its member did not sign": (digest) => bench.partial(digest, 3, { signer: 2 }),
      "of somebody who is no member": (digest) => bench.partial(digest, 3, {}),
      "of another member's share": (digest) =>
        bench.partial(digest, 3, {
          partial: signPartial(bench.coalition.group.shares[1]!.secretShare, digest),
        }),
      "that is no curve point": (digest) => bench.partial(digest, 3, { partial: new Uint8Array(96).fill(7) }),
      "over another digest": (digest) =>
        bench.partial(digest, 3, {
          partial: signPartial(bench.coalition.group.shares[2]!.secretShare, new Uint8Array(32)),
        }),
      "that its decision does not name": (digest) => bench.partial(digest, 3, { hash: "11".repeat(32) }),
    };
    for (const [what, make] of Object.entries(bad)) {
      it(`rejects one ${what}`, async () => {
        const digest = await bench.opened();
        const message = make(digest);
        const stranger = {
          ...message,
          decision: bench.decision(digest, { ...message.decision, memberIndex: 9 }, 3),
        };

        assert.equal(await bench.hear("partial", what.includes("no member") ? stranger : message), "reject");
        assert.deepEqual(signed(), []);
      });
    }

    it("stops looking at a sender that forges, and still counts the member in whose name it did", async () => {
      const digest = await bench.opened();
      const forged = bench.partial(digest, 3, { signer: 2 });
      const verdicts = [];
      for (let i = 0; i < 5; i++) verdicts.push(await bench.hear("partial", forged, 2));

      assert.deepEqual(verdicts, ["reject", "reject", "reject", "reject", "ignore"]);
      assert.equal(await bench.hear("partial", bench.partial(digest, 3), 3), "accept");
    });

    it("does not blame a member for a partial that others put next to its decision", async () => {
      const digest = await bench.opened();
      const honest = bench.partial(digest, 3);
      const spoilt = { ...honest, partial: bench.partial(digest, 4).partial };
      for (let i = 0; i < 5; i++) await bench.hear("partial", spoilt, 2);

      assert.equal(await bench.hear("partial", honest, 3), "accept");
    });

    it("stops looking at a member that signs bad partials, whoever sends them", async () => {
      const digest = await bench.opened();
      const bad = bench.partial(digest, 4, { partial: new Uint8Array(96).fill(7) });
      for (const from of [1, 2, 3, 4]) await bench.hear("partial", bad, from);

      assert.equal(await bench.hear("partial", bad, 2), "ignore");
      assert.equal(await bench.hear("partial", bench.partial(digest, 3), 2), "accept");
    });
  });

  it("counts refusals that their members signed and rejects others", async () => {
    const digest = await bench.opened();

    assert.equal(await bench.hear("refusal", bench.refusal(digest, 3, 2)), "reject");
    assert.equal(await bench.hear("refusal", bench.refusal(digest, 3)), "accept");
    assert.deepEqual(bench.cosigner.status()[0]?.refused, [{ memberIndex: 3, reason: "APPRAISAL_RULE" }]);
  });

  it("rejects a refusal in the place of a partial and the other way round", async () => {
    const digest = await bench.opened();

    assert.equal(await bench.hear("partial", bench.refusal(digest, 3)), "reject");
    assert.equal(await bench.hear("refusal", bench.partial(digest, 3)), "reject");
  });

  it("only ever ignores or rejects random bytes", async () => {
    await bench.opened();
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("proposal", "partial", "refusal"),
        async (bytes, topic) => {
          assert.notEqual(await bench.hear(topic, bytes), "accept");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("goes on with an open session after a restart, decisions included", async () => {
    const digest = await bench.opened();
    await bench.hear("partial", bench.partial(digest, 3));
    await bench.cosigner.stop();
    await bench.open();
    await bench.cosigner.start();

    assert.deepEqual(signed(), [3]);
  });

  it("sends the same decision after a restart although the evidence says otherwise now", async () => {
    bench.appraisal = Promise.resolve({ decision: "sign" });
    const digest = await bench.opened();
    while (!signed().includes(1)) await new Promise((resolve) => setImmediate(resolve));
    await bench.cosigner.stop();
    bench.appraisal = Promise.resolve({ decision: "refuse", reason: "APPRAISAL_RULE" });
    await bench.open();
    await bench.cosigner.start();

    await bench.hear("partial", bench.partial(digest, 2));
    await bench.hear("partial", bench.partial(digest, 3));
    const alert = await bench.coalition.ledger.alertFiled();

    assert.deepEqual(
      alert.decisions.map(({ memberIndex, decision }) => `${memberIndex} ${decision}`),
      ["1 sign", "2 sign", "3 sign"],
    );
  });

  describe("killed while it decides", () => {
    /** What it says of its decision, and the disk at that moment. */
    async function decided(): Promise<{ digest: Uint8Array; partial: Uint8Array; snapshot: string }> {
      bench.appraisal = Promise.resolve({ decision: "sign" });
      const snapshot = join(bench.dir, "snapshot");
      bench.beforePublish = async (topic) => {
        if (topic !== "partial") return;
        for (const name of ["sessions", "signing.log"])
          await cp(join(bench.dir, name), join(snapshot, name), { recursive: true });
        bench.beforePublish = () => Promise.resolve();
      };
      const digest = await bench.opened();
      return { digest, partial: await said("partial"), snapshot };
    }

    async function said(topic: string): Promise<Uint8Array> {
      for (;;) {
        const found = bench.published.find((each) => each.topic === topic);
        if (found) return found.message;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    /** Another process with that disk, whose evidence says otherwise. */
    async function restartOn(directory: string): Promise<void> {
      await bench.cosigner.stop();
      bench.published.length = 0;
      bench.dir = directory;
      bench.appraisal = Promise.resolve({ decision: "refuse", reason: "APPRAISAL_RULE" });
      await bench.open();
      await bench.cosigner.start();
    }

    it("has its decision in the log, and in the session, before it says anything", async () => {
      const { digest, partial, snapshot } = await decided();
      const name = toHex(digest);

      const log = await readFile(join(snapshot, "signing.log"), "utf8");
      assert.ok(log.includes(name) && log.includes('"decision":"sign"'));
      const session = await readFile(join(snapshot, "sessions", `${name}.json`), "utf8");
      assert.ok(session.includes(toHex(partial)));
    });

    it("says the same after a restart: decision in the log, not in the session", async () => {
      const { digest, partial, snapshot } = await decided();
      const opened = join(snapshot, "sessions", `${toHex(digest)}.json`);
      const session = decodeCanonical(await readFile(opened), 65_536) as Record<string, unknown>;
      await writeFile(opened, encodeCanonical({ ...session, partials: [] }));

      await restartOn(snapshot);

      assert.deepEqual(await said("partial"), partial);
    });

    it("says the same after a restart: decision in the session, not said", async () => {
      const { partial, snapshot } = await decided();

      await restartOn(snapshot);

      assert.deepEqual(await said("partial"), partial);
    });
  });

  it("tells a node that was away what is open and who decided", async () => {
    const digest = await bench.opened();
    await bench.hear("partial", bench.partial(digest, 3));
    await bench.hear("refusal", bench.refusal(digest, 4));

    const open = decodeOpenProposals(await bench.streams.get("sessions")!(new Uint8Array(), 2));

    assert.deepEqual(
      open.map(({ partials, refusals }) => [partials.length, refusals.length]),
      [[1, 1]],
    );
  });

  it("files again after the ledger was away, and what is filed is no longer open", async () => {
    bench.appraisal = Promise.resolve({ decision: "sign" });
    bench.coalition.ledger.isDown = true;
    await bench.cosigner.start();
    const digest = await bench.opened();
    await bench.hear("partial", bench.partial(digest, 2));
    await bench.hear("partial", bench.partial(digest, 3));
    while (bench.coalition.ledger.submissions.length === 0)
      await new Promise((resolve) => setImmediate(resolve));

    bench.coalition.ledger.isDown = false;
    await bench.coalition.ledger.alertFiled();
    while (bench.cosigner.status().length > 0) await new Promise((resolve) => setImmediate(resolve));

    assert.ok(bench.coalition.ledger.submissions.length >= 2);
  });

  it("keeps a signed alert, and files it, however long the ledger was away", async () => {
    const outage = 200;
    bench.sleep = (ms, signal) => realClock.sleep(Math.min(ms, 1), signal);
    bench.coalition.ledger.isDown = true;
    await bench.cosigner.start();
    const digest = await bench.opened();
    for (const member of [2, 3, 4]) await bench.hear("partial", bench.partial(digest, member));
    while (bench.coalition.ledger.submissions.length < outage)
      await new Promise((resolve) => setImmediate(resolve));

    bench.coalition.ledger.isDown = false;
    await bench.coalition.ledger.alertFiled();

    while (bench.cosigner.status().length > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
