import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { encodeBatch, type BatchItem, DAY_MS, decodeEntry, EntryFlag, parseSiteId } from "@comity/protocol";
import fc from "fast-check";
import { logsOf, temporaryFolders } from "../log/fixture.ts";
import { FakeClock, identity, origin, startIntake, TestHost, useNonceEpoch } from "./fixture.ts";

const start = 20_000 * DAY_MS;
const busy = DAY_MS * 100 + start;

const siteOf = (name: string): typeof identity => ({ ...identity, siteId: parseSiteId(`site-${name}`) });

describe("the intake", function () {
  this.timeout(60_000); // It waits for the disk.

  const folders = temporaryFolders();
  afterEach(folders.removeAll);

  it("follows several segments of one host in one batch, and across batches at once", async () => {
    const [alice, bob] = [new TestHost("alice", start), new TestHost("bob", start)];
    const taking = await startIntake(await folders.make(), [alice.document, bob.document], {
      clock: new FakeClock(busy),
    });
    const items = Array.from({ length: 40 }, () => [alice.next(), bob.next()]).flat();

    const answers = await Promise.all([taking.take(...items.slice(0, 50)), taking.take(...items.slice(50))]);

    // The second batch began before the first was whole: what came too early is a gap, and is sent again.
    const again = await taking.take(...items);
    assert.ok(answers[0].every((answer) => answer.startsWith("accepted")));
    const others = again.filter((answer) => !answer.startsWith("accepted") && answer !== "SEGMENT_REPLAYED");
    assert.deepEqual(others, []);
    assert.equal(taking.logs.head(origin)!.size, 80);
    await taking.stop();
  });

  it("knows after a restart where each host stands, even when its index was lost", async () => {
    const directory = await folders.make();
    const alice = new TestHost("alice", start);
    const first = await startIntake(directory, [alice.document], { clock: new FakeClock(busy) });
    const sent = [alice.next(), alice.next()];
    await first.take(...sent);
    const stood = await first.intake.host(identity, alice.chain.hostId);
    await first.stop();

    for (const lost of [false, true]) {
      if (lost) await rm(`${directory}/hosts`, { recursive: true });
      const taking = await startIntake(directory, [alice.document], { clock: new FakeClock(busy) });
      assert.deepEqual(await taking.intake.host(identity, alice.chain.hostId), stood);
      assert.deepEqual(await taking.take(...sent), ["SEGMENT_REPLAYED", "SEGMENT_REPLAYED"]);
      await taking.stop();
    }
    const taking = await startIntake(directory, [alice.document], { clock: new FakeClock(busy) });
    assert.deepEqual(await taking.take(alice.next()), ["accepted@2"]);
    await taking.stop();
  });

  it("refuses to start over a log that holds less than it once read", async () => {
    const directory = await folders.make();
    const alice = new TestHost("alice", start);
    const first = await startIntake(directory, [alice.document], { clock: new FakeClock(busy) });
    await first.take(alice.next());
    await first.stop();
    await rm(`${directory}/logs`, { recursive: true });
    const { logs } = logsOf(1, directory);
    await logs.start();
    await logs.open(origin);
    await logs.stop();

    await assert.rejects(startIntake(directory, [alice.document], { clock: new FakeClock(busy) }), {
      code: "LOG_BROKEN",
    });
  });

  it("answers only once others hold what it took in, and a replay no earlier", async () => {
    const clock = new FakeClock(busy);
    const alice = new TestHost("alice", start);
    let release: () => void = () => undefined;
    let calls = 0;
    const signals: AbortSignal[] = [];
    const replicate = (_: string, signal: AbortSignal): Promise<void> => {
      calls++;
      signals.push(signal);
      return new Promise((resolve) => (release = resolve));
    };
    const taking = await startIntake(await folders.make(), [alice.document], {
      clock,
      replicator: { replicate },
    });
    const item = alice.next();

    let answered = false;
    const first = taking.take(item).then((answers) => ((answered = true), answers));
    await until(() => calls === 1);
    assert.equal(answered, false);
    assert.equal(taking.logs.head(origin)!.size, 1);
    release();
    assert.deepEqual(await first, ["accepted@0"]);

    const second = taking.take(item);
    await until(() => calls === 2);
    clock.move(20_000);
    await assert.rejects(second, { code: "INTAKE_UNREPLICATED" });
    assert.ok(signals[1]?.aborted, "nobody waits for it any more");
    const third = taking.take(item);
    await until(() => calls === 3);
    release();
    assert.deepEqual(await third, ["SEGMENT_REPLAYED"]);
    await taking.stop();
  });

  it("finishes what is in work before it stops, and takes nothing after", async () => {
    const clock = new FakeClock(busy);
    const alice = new TestHost("alice", start);
    const replicator = { replicate: (): Promise<void> => new Promise(() => undefined) };
    const taking = await startIntake(await folders.make(), [alice.document], { clock, replicator });

    const running = taking.take(alice.next());
    const stopping = taking.intake.stop();

    await assert.rejects(taking.take(alice.next()), { code: "INTAKE_BUSY" });
    await assert.rejects(running, { code: "INTAKE_UNREPLICATED" });
    await stopping;
    assert.equal(taking.logs.head(origin)!.size, 1);
    await taking.logs.stop();
  });

  it("does not wait for others when it took nothing in", async () => {
    const replicate = (): Promise<void> => Promise.reject(new Error("nobody is there"));
    const clock = new FakeClock(busy);
    const taking = await startIntake(await folders.make(), [], { clock, replicator: { replicate } });

    assert.deepEqual(await taking.take(new TestHost("alice", start).next()), ["HOST_NOT_ENROLLED"]);
    await taking.stop();
  });

  it("marks stale nonces, late and ambiguous segments", async () => {
    const clock = new FakeClock(start + DAY_MS);
    const alice = new TestHost("alice", start);
    const taking = await startIntake(await folders.make(), [alice.document], { clock });
    const flagsOf = async (index: number): Promise<number> =>
      decodeEntry((await taking.logs.entries(origin, index, index + 1))[0]!).flags;
    const renew = async (): Promise<void> =>
      useNonceEpoch((await taking.intake.host(identity, alice.chain.hostId)).nonceEpoch);
    await renew();
    const newest = alice.task().nonceEpoch;

    await taking.take(alice.next());
    clock.move(1000);
    await taking.intake.host(identity, alice.chain.hostId);
    clock.move(DAY_MS);
    await taking.take(alice.next({ nonceEpoch: newest }));
    clock.move(DAY_MS + 600_001);
    await renew();
    await taking.take(alice.next());
    clock.move(4 * DAY_MS);
    await renew();
    const long = { endMs: alice.chain.endMs + DAY_MS, recordIntervalMs: DAY_MS };
    await taking.take(alice.next(long));

    assert.equal(await flagsOf(0), 0);
    assert.equal(await flagsOf(1), EntryFlag.staleNonce, "a day after it was given out");
    assert.equal(await flagsOf(2), EntryFlag.late, "ten minutes after its end");
    assert.equal(await flagsOf(3), EntryFlag.late | EntryFlag.flopsAmbiguous, "a day between records");
    await taking.stop();
  });

  it("gives nonce epochs of at most two minutes although the log rests, and none a second time", async () => {
    const clock = new FakeClock(busy);
    const alice = new TestHost("alice", start);
    const taking = await startIntake(await folders.make(), [alice.document], { clock });
    const given = async (): Promise<string> =>
      (await taking.intake.host(identity, alice.chain.hostId)).nonceEpoch;
    const first = await given();
    clock.move(120_000);
    assert.equal(await given(), first);
    clock.move(1);

    const second = await given();

    assert.notEqual(second, first);
    const sign = async (epoch: string): Promise<number> => {
      useNonceEpoch(epoch);
      const { size } = taking.logs.head(origin)!;
      await taking.take(alice.next());
      return (
        decodeEntry((await taking.logs.entries(origin, size, size + 1))[0]!).flags & EntryFlag.staleNonce
      );
    };
    clock.move(479_999);
    assert.equal(await sign(first), 0, "ten minutes after it was given out");
    clock.move(1);
    assert.equal(await sign(first), EntryFlag.staleNonce);
    assert.equal(await sign(second), 0);
    await taking.stop();
  });

  it("says so when as much is in work as fits", async () => {
    const clock = new FakeClock(busy);
    const taking = await startIntake(await folders.make(), [], { clock, maxQueuedBytes: 1000 });

    const releases = ["a", "b", "c", "d"].map((name) => taking.intake.admit(siteOf(name), 250));
    assert.throws(() => taking.intake.admit(siteOf("e"), 1), { code: "INTAKE_BUSY" });
    for (const release of releases) release();
    taking.intake.admit(siteOf("e"), 250)();
    assert.equal(taking.intake.queuedBytes, 0);
    await taking.stop();
  });

  it("lets no site take up the room of the others", async () => {
    const taking = await startIntake(await folders.make(), [], {
      clock: new FakeClock(busy),
      maxQueuedBytes: 1000,
    });

    const release = taking.intake.admit(siteOf("a"), 200);
    assert.throws(() => taking.intake.admit(siteOf("a"), 51), { code: "INTAKE_BUSY" });
    taking.intake.admit(siteOf("b"), 250)();
    release();
    taking.intake.admit(siteOf("a"), 250)();
    await taking.stop();
  });

  it("refuses sites that the ledger does not know and hosts of other sites", async () => {
    const alice = new TestHost("alice", start);
    const taking = await startIntake(await folders.make(), [], { clock: new FakeClock(busy) });
    const other = { ...identity, operatorId: "other-operator" as typeof identity.operatorId };

    await assert.rejects(taking.intake.take(other, new Uint8Array()), { code: "SITE_UNKNOWN" });
    await assert.rejects(taking.intake.host(identity, alice.chain.hostId), { code: "HOST_UNKNOWN" });
    await assert.rejects(taking.intake.take(identity, new Uint8Array(3)), { code: "BATCH_MALFORMED" });
    await taking.stop();
  });

  it("never fails on arbitrary bytes, and takes none of them in", async () => {
    const taking = await startIntake(await folders.make(), [], { clock: new FakeClock(busy) });
    const bytes = fc.uint8Array({ maxLength: 400 });
    const item: fc.Arbitrary<BatchItem> = fc.record({ segment: bytes, records: bytes });

    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 5 }), async (items) => {
        const { items: answers } = await taking.intake.take(identity, encodeBatch(items));
        assert.ok(answers.every((answer) => answer.status === "refused"));
        assert.equal(answers.length, items.length);
      }),
      { numRuns: 50 },
    );
    await taking.stop();
  });
});

/** Lets pending work run until something has come about; the test's own timeout ends it otherwise. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
