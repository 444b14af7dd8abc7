import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noticeDocument, verifyEd25519, type NoticeDocument } from "@comity/protocol";
import { LedgerFollower } from "../../src/ledger/ledgerFollower.ts";
import { LedgerReader } from "../../src/ledger/ledgerReader.ts";
import { ViewStore } from "../../src/ledger/viewStore.ts";
import { fakeNetwork, silentLog } from "../keygen/fakeMember.ts";
import { eventOf, MemoryLedger } from "./memoryLedger.ts";

const network = fakeNetwork(4);
const noticeId = "01JD000000000000000000000A";

function notice(rev: number, status: "filed" | "withdrawn"): NoticeDocument {
  return noticeDocument({
    ...{
      schemaVersion: 1,
      rev,
      noticeId,
      operatorId: "aurora",
      developer: "Aurora",
      status,
      late: false,
      degraded: false,
    },
    model: { family: "f", name: "n", parameters: "1" },
    compute: { incrementalFlop: "1", cumulativeFlop: "1" },
    ...{ facilities: ["north"], hardware: [{ model: "H100", count: 1 }], attestation: "segment" },
    ...{
      plannedStartMs: 0,
      plannedEndMs: 1,
      filedMs: 0,
      changedMs: 0,
      noticedMs: 0,
      threshold: "1",
      penalty: null,
    },
  });
}

function foundedLedger(): MemoryLedger {
  const ledger = new MemoryLedger();
  const { mode, clock, members } = network.genesis;
  ledger.answers.set("coalition:ReadRegister", () => ({
    networkId: network.networkId,
    mode,
    clock,
    members,
    ...{ rev: 0, former: [] },
  }));
  ledger.add(eventOf("genesis", network.networkId, { rev: 1 }));
  return ledger;
}

function fileNotices(ledger: MemoryLedger, ...revisions: NoticeDocument[]): void {
  ledger.answers.set("notice:ReadRevision", ([, rev]) => revisions.find((each) => String(each.rev) === rev));
  for (const each of revisions) {
    ledger.add(eventOf(each.status === "filed" ? "notice-filed" : "notice-withdrawn", noticeId, each));
  }
}

describe("the view of the ledger", () => {
  const folders: string[] = [];
  const running: LedgerFollower[] = [];

  afterEach(async () => {
    for (const view of running.splice(0)) await view.stop();
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "comity-view-"));
    folders.push(folder);
    return folder;
  }

  /** A view that has followed the ledger up to its newest block. */
  async function follow(
    ledger: MemoryLedger,
    folder: string,
    fatal: (error: Error) => void = assert.ifError,
    time: { now: () => number; sleep: () => Promise<void> } = {
      now: () => 5000,
      sleep: () => Promise.resolve(),
    },
  ): Promise<LedgerFollower> {
    const reader = new LedgerReader(network, { ledger, verify: verifyEd25519 });
    const clock = { ...time, policyNow: time.now };
    const view = new LedgerFollower(network, {
      ledger,
      reader,
      store: new ViewStore(folder),
      clock,
      random: () => 0,
      log: silentLog,
      fatal,
    });
    running.push(view);
    const caughtUp = new Promise<void>((resolve) => {
      view.onBlock(({ number }) => (number === BigInt(ledger.chain.length - 1) ? resolve() : undefined));
    });
    await view.start();
    if (view.height() < BigInt(ledger.chain.length - 1)) await caughtUp;
    return view;
  }

  it("knows every revision that a notice had after any block", async () => {
    const ledger = foundedLedger();
    fileNotices(ledger, notice(1, "filed"), notice(2, "withdrawn"));

    const view = await follow(ledger, await newFolder());

    assert.deepEqual(
      [0n, 1n, 2n].map((height) => view.noticeRevisionsAt(height).map(({ status }) => status)),
      [[], ["filed"], ["filed", "withdrawn"]],
    );
  });

  it("goes on behind the last block that it has on disk, with everything that it knew", async () => {
    const ledger = foundedLedger();
    const folder = await newFolder();
    fileNotices(ledger, notice(1, "filed"));
    await (await follow(ledger, folder)).stop();
    ledger.asked.length = 0;
    fileNotices(ledger, notice(1, "filed"), notice(2, "withdrawn"));
    ledger.chain.splice(2, 1);
    ledger.chain[2] = { ...ledger.chain[2]!, number: 2n };

    const view = await follow(ledger, folder);

    assert.equal(view.height(), 2n);
    assert.deepEqual(ledger.asked, ["notice:ReadRevision"]);
    assert.equal(view.noticeRevisionsAt(1n).at(-1)?.status, "filed");
    assert.equal(view.noticeRevisionsAt(2n).at(-1)?.status, "withdrawn");
    assert.equal(view.members().length, 4);
  });

  it("has LEDGER_STORE_INVALID where another node has the same data open", async () => {
    const folder = await newFolder();
    await follow(foundedLedger(), folder);
    const other = new ViewStore(folder);

    await assert.rejects(other.open(), { code: "LEDGER_STORE_INVALID" });
  });

  it("is the same again when it is rebuilt from nothing", async () => {
    const ledger = foundedLedger();
    fileNotices(ledger, notice(1, "filed"), notice(2, "withdrawn"));
    const first = await follow(ledger, await newFolder());

    const second = await follow(ledger, await newFolder());

    assert.deepEqual(second.noticeRevisionsAt(2n), first.noticeRevisionsAt(2n));
    assert.equal(second.blockHash(1n), first.blockHash(1n));
  });

  it("does not take an old block for a new one when it catches up", async () => {
    const view = await follow(foundedLedger(), await newFolder());

    assert.equal(view.blockSeenMs(0n), 1000);
  });

  it("asks again until a peer answers what the block names", async () => {
    const ledger = foundedLedger();
    let asked = 0;
    ledger.add(eventOf("notice-filed", noticeId, notice(1, "filed")));
    ledger.answers.set("notice:ReadRevision", () => notice(1, ++asked < 3 ? "withdrawn" : "filed"));

    const view = await follow(ledger, await newFolder());

    assert.equal(view.noticeRevisionsAt(1n).at(-1)?.status, "filed");
    assert.equal(asked, 3);
  });

  it("says which block it cannot read, and for how long, until it can", async () => {
    const ledger = foundedLedger();
    ledger.add(eventOf("notice-filed", noticeId, notice(1, "filed")));
    let isBroken = true;
    ledger.answers.set("notice:ReadRevision", () => notice(1, isBroken ? "withdrawn" : "filed"));
    let now = 5000;
    const retried = Promise.withResolvers<() => void>();
    const sleep = (): Promise<void> => new Promise((resolve) => retried.resolve(resolve));
    const following = follow(ledger, await newFolder(), assert.ifError, { now: () => now, sleep });
    const retry = await retried.promise;
    now += 31_000;
    const [view] = running;

    assert.deepEqual(view!.unread(), { height: 1n, forMs: 31_000 });
    isBroken = false;
    retry();

    assert.equal((await following).unread(), undefined);
  });

  it("stops the process on the ledger of another network", async () => {
    const ledger = new MemoryLedger();
    ledger.add(eventOf("genesis", "ff".repeat(32), { rev: 1 }));

    const error = await new Promise<Error>((resolve, reject) => {
      newFolder()
        .then((folder) => follow(ledger, folder, resolve))
        .catch(reject);
    });

    assert.equal((error as Error & { code: string }).code, "LEDGER_OTHER_NETWORK");
  });

  it("believes no peer about the key: epochs must lead back to genesis", async () => {
    const ledger = foundedLedger();
    const members = network.genesis.members.map(({ index, memberId, identityKey }) => {
      return { index, memberId, identityKey, publicShare: "aa".repeat(48) };
    });
    const record = {
      type: "comity/v1/epoch-record",
      ...{ networkId: network.networkId, keyEpoch: 1, groupKey: "aa".repeat(48), threshold: 3, members },
      ...{ transcriptHash: "bb".repeat(32), previous: null },
    };
    const signatures = [1, 2, 3].map((index) => ({ index, signature: "00".repeat(64) }));
    ledger.answers.set("coalition:ReadEpochs", () => ({ epochs: [{ record, signatures }] }));
    const reader = new LedgerReader(network, { ledger, verify: verifyEd25519 });

    await assert.rejects(reader.changesOf(eventOf("key-activated", "1", { rev: 1 }), 1n), {
      code: "EPOCH_SIGNATURES",
    });
  });
});
