import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { ProjectionStore } from "../../src/projection/projectionStore.ts";
import { alert, notice, storedAlert } from "../example.ts";
import { bond, digest, listing, ulid } from "../registries.ts";
import { type ScriptedLedger, writtenBond, writtenDigest, writtenVenue } from "../scriptedLedger.ts";
import { collect, foundedLedger, Projections, script } from "./followed.ts";

const posted = bond("A");
const accepted = bond("A", { rev: 2, status: "active", acceptedMs: posted.postedMs });
const other = bond("B");

/** Blocks 2 to 5: a bond posted, another, the first accepted, a venue nominated and served in one. */
function busyLedger(): ScriptedLedger {
  const ledger = foundedLedger();
  const [nominated, served] = listing("V");
  ledger.write(writtenBond("bond-posted", posted));
  ledger.write(writtenBond("bond-posted", other));
  ledger.write(writtenBond("bond-accepted", accepted));
  ledger.write(writtenVenue(nominated!), writtenVenue(served!));
  return ledger;
}

/** A sleep that the test ends, and the moment at which somebody falls asleep. */
function slumber(): {
  asleep: Promise<undefined>;
  wake: () => void;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
} {
  const [asleep, awake] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const sleep = (_: number, signal: AbortSignal): Promise<void> => {
    signal.addEventListener("abort", () => awake.resolve(undefined));
    asleep.resolve(undefined);
    return awake.promise.then(() => signal.throwIfAborted());
  };
  return { asleep: asleep.promise, wake: () => awake.resolve(undefined), sleep };
}

describe("the projection", () => {
  const projections = new Projections();

  afterEach(() => projections.clear());

  it("has each document as any block left it", async () => {
    const projection = await projections.follow(busyLedger());

    const statuses = [1, 2, 3, 4].map(async (height) => {
      const bonds = await collect(projection.scan("bond", { height }));
      return bonds.map(({ document }) => `${document.bondId.slice(-1)} ${document.status}`);
    });
    assert.deepEqual(await Promise.all(statuses), [
      [],
      ["A posted"],
      ["A posted", "B posted"],
      ["A active", "B posted"],
    ]);
    assert.equal((await projection.at("bond", ulid("A"), 3))?.document.status, "posted");
    assert.equal(await projection.at("bond", ulid("B"), 2), undefined);
  });

  it("keeps every revision of a document with its block, also two of one block", async () => {
    const projection = await projections.follow(busyLedger());

    const history = await projection.history("venue", ulid("V"), 9);

    assert.deepEqual(
      history.map(({ height, document }) => [height, document.status]),
      [
        [5, "nominated"],
        [5, "served"],
      ],
    );
  });

  it("goes on from any place of a list", async () => {
    const projection = await projections.follow(busyLedger());
    const after = projection.placeOf("bond", posted);

    const rest = await collect(projection.scan("bond", { height: 5, after }));

    assert.deepEqual(
      rest.map(({ document }) => document.bondId),
      [ulid("B")],
    );
  });

  it("lists notices and alerts in the order in which they were filed, and knows when an alert was replaced", async () => {
    const ledger = foundedLedger();
    const alertId = "00".repeat(32);
    const successor = { ...storedAlert, alertId, supersedes: alert.alertId, filedMs: alert.filedMs + 1 };
    ledger.write({ type: "alert-opened", subject: alert.alertId, document: storedAlert });
    ledger.write({ type: "alert-opened", subject: successor.alertId, document: successor });
    ledger.write({ type: "notice-filed", subject: notice.noticeId, document: notice });

    const projection = await projections.follow(ledger);

    const alerts = await collect(projection.scan("alert", { height: 4 }));
    assert.deepEqual(
      alerts.map(({ document }) => document.alertId),
      [alert.alertId, successor.alertId],
    );
    assert.equal(await projection.supersededAt(alert.alertId), 3);
    assert.equal(await projection.supersededAt(successor.alertId), undefined);
    assert.deepEqual((await projection.at("notice", notice.noticeId, 4))?.document, notice);
  });

  it("goes on behind the last block that it has on disk, and asks for nothing again", async () => {
    const ledger = busyLedger();
    const folder = projections.newFolder();
    await projections.stop(await projections.follow(ledger, folder));
    ledger.asked.length = 0;
    ledger.write(writtenBond("bond-released", { ...accepted, rev: 3, status: "released" }));

    const projection = await projections.follow(ledger, folder);

    assert.deepEqual(ledger.asked, [`bond:ReadRevision ${ulid("A")} 3`]);
    assert.deepEqual(projection.status(), { height: 6, state: "following" });
    assert.equal((await projection.at("bond", ulid("A"), 6))?.document.status, "released");
    assert.equal((await projection.epochs()).length, 1);
  });

  it("is the same again when its folder is deleted", async () => {
    const ledger = busyLedger();
    const folder = projections.newFolder();
    const read = async (): Promise<unknown> => {
      const projection = await projections.follow(ledger, folder);
      const all = [
        await collect(projection.scan("bond", { height: 5 })),
        await projection.history("venue", ulid("V"), 5),
        projection.status(),
        projection.timeMs(),
      ];
      await projections.stop(projection);
      return all;
    };
    const before = await read();

    rmSync(folder, { recursive: true });

    assert.deepEqual(await read(), before);
  });

  it("asks again until a peer answers what the block names, and says meanwhile that it waits", async () => {
    const ledger = foundedLedger();
    ledger.write(writtenBond("bond-posted", posted));
    ledger.script = { ...script, "bond:ReadRevision": () => other };
    const { asleep, wake, sleep } = slumber();

    const projection = await projections.start(ledger, undefined, { sleep });
    await asleep;

    const reason = "LEDGER_DOCUMENT_DIFFERS";
    assert.deepEqual(projection.status(), { height: 1, state: "waiting", reason, sinceMs: 5_000 });
    ledger.script = script;
    wake();
    await ledger.followed();
    assert.deepEqual(projection.status(), { height: 2, state: "following" });
    assert.deepEqual((await projection.at("bond", ulid("A"), 2))?.document, posted);
  });

  it("takes the newest digest, past older ones that nobody can read any more", async () => {
    const ledger = foundedLedger();
    for (const rev of [1, 2]) ledger.write(writtenDigest(digest("bonds", [], { rev, height: rev - 1 })));

    const projection = await projections.follow(ledger);

    assert.equal((await projection.digest("bonds"))?.rev, 2);
    assert.equal(await projection.digest("venues"), undefined);
  });

  it("believes no peer about the key: epochs must lead back to genesis", async () => {
    const ledger = foundedLedger();
    const { epochs } = script["coalition:ReadEpochs"]?.() as { epochs: object[] };
    const unsigned = epochs.map((epoch) => ({ ...epoch, signatures: [] }));
    ledger.script = { ...script, "coalition:ReadEpochs": () => ({ epochs: unsigned }) };
    const { asleep, sleep } = slumber();

    const projection = await projections.start(ledger, undefined, { sleep });
    await asleep;

    assert.equal(projection.status().reason, "EPOCH_SIGNATURES");
    assert.deepEqual(await projection.epochs(), []);
  });

  it("ends on the ledger of another network, and says so", async () => {
    const ledger = foundedLedger();
    ledger.chain.length = 0;
    ledger.commit({ type: "genesis", subject: "ff".repeat(32), rev: 1, hash: "00".repeat(32) });
    const ended = Promise.withResolvers<undefined>();
    const now = (): number => (ended.resolve(undefined), 7);

    const projection = await projections.start(ledger, undefined, { now });
    await ended.promise;

    const reason = "PROJECTION_OTHER_NETWORK";
    assert.deepEqual(projection.status(), { height: -1, state: "broken", reason, sinceMs: 7 });
  });

  it("does not open a folder that is in use, or another network's", async () => {
    const folder = projections.newFolder();
    const projection = await projections.follow(foundedLedger(), folder);
    await assert.rejects(projections.start(foundedLedger(), folder), { code: "PROJECTION_STORE_INVALID" });
    await projections.stop(projection);

    const store = new ProjectionStore(folder);
    await store.open();
    await store.write([], { networkId: "ff".repeat(32), height: 0, hash: "ff".repeat(32), timeMs: 0 });
    await store.close();

    await assert.rejects(projections.start(foundedLedger(), folder), { code: "PROJECTION_OTHER_NETWORK" });
  });
});
