import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  decodeEntry,
  fromHex,
  leafHash,
  readCheckpoint,
  toHex,
  treeHash,
  verifyInclusion,
} from "@comity/protocol";
import { decodeBundle } from "../../src/log/entryBundle.ts";
import { itemOf, itemsOf, logsOf, noteOf, originOf, temporaryFolders } from "./fixture.ts";

const origin = originOf("aa");
const rootOf = (size: number): Uint8Array => treeHash(itemsOf(0, size).map((item) => leafHash(item.entry)));

describe("an own log", function () {
  this.timeout(60_000); // It waits for the disk.

  const folders = temporaryFolders();
  afterEach(folders.removeAll);

  it("begins with a signed checkpoint of no entries", async () => {
    const { logs } = logsOf(1, await folders.make());
    await logs.start();

    const head = await logs.open(origin);

    assert.deepEqual([head.size, head.own, head.ownerIndex], [0, true, 1]);
    assert.equal(readCheckpoint(head.checkpoint!).size, 0);
    await logs.stop();
  });

  it("has the entries, sidecars, root and proofs of what was appended, before and after a restart", async () => {
    const directory = await folders.make();
    const before = logsOf(1, directory);
    await before.logs.start();
    const heard: string[] = [];
    before.logs.onAppend((name) => heard.push(name));
    assert.deepEqual(await before.logs.append(origin, itemsOf(0, 300)), { from: 0, size: 300 });
    assert.deepEqual(await before.logs.append(origin, itemsOf(300, 700)), { from: 300, size: 700 });
    const head = before.logs.head(origin);
    await before.logs.stop();

    const { logs } = logsOf(1, directory);
    await logs.start();

    assert.deepEqual(heard, [origin, origin]);
    assert.deepEqual(logs.head(origin), head);
    assert.equal(head!.root, toHex(rootOf(700)));
    const entries = itemsOf(0, 700).map((item) => item.entry);
    assert.ok(Buffer.concat(await logs.entries(origin, 0, 700)).equals(Buffer.concat(entries)));
    assert.deepEqual((await logs.entries(origin, 255, 257)).length, 2);
    assert.deepEqual(await logs.entries(origin, 700, 700), []);
    assert.equal(await logs.rootAt(origin, 300), toHex(rootOf(300)));
    for (const index of [0, 255, 256, 511, 512, 699]) {
      const proof = await logs.inclusion(origin, index, 700);
      const leaf = leafHash(itemOf(index).entry);
      assert.ok(verifyInclusion({ leaf, index, size: 700, root: fromHex(head!.root), proof }));
    }
    const sidecar = await logs.records(recordRootOf(699));
    assert.deepEqual(Uint8Array.from(sidecar!), itemOf(699).records);
    await logs.stop();
  });

  it("commits appends that come together by one checkpoint, each at its own place", async () => {
    const { logs } = logsOf(1, await folders.make());
    await logs.start();
    await logs.open(origin);

    const placed = await Promise.all(Array.from({ length: 50 }, (_, i) => logs.append(origin, [itemOf(i)])));

    const places = placed.map(({ from }) => from);
    assert.deepEqual(places, [...places.keys()]);
    assert.ok(new Set(placed.map(({ size }) => size)).size < 50, "there was no group");
    assert.equal(logs.head(origin)!.root, toHex(rootOf(50)));
    await logs.stop();
  });

  it("lies on disk as C2SP readers expect it, and is served the same way", async () => {
    const directory = await folders.make();
    const { logs } = logsOf(1, directory);
    await logs.start();
    await logs.append(origin, itemsOf(0, 530));
    const served = async (path: string): Promise<Uint8Array> => (await logs.resource(origin, path))!;
    const tile = await served("tile/0/000");
    const partial = await served("tile/0/002.p/18");
    await logs.stop();
    const folder = join(directory, "logs/aa/operator/site-one");
    const file = async (path: string): Promise<Uint8Array> =>
      Uint8Array.from(await readFile(join(folder, path)));

    assert.deepEqual(await file("tile/0/000"), tile);
    assert.deepEqual(await file("tile/0/002.p/18"), partial);
    assert.equal(tile.length, 256 * 32);
    assert.deepEqual(partial.subarray(0, 32), leafHash(itemOf(512).entry));
    assert.equal((await file("tile/1/000.p/2")).length, 64);
    assert.equal(decodeBundle(await file("tile/entries/001")).length, 256);
    assert.deepEqual(decodeBundle(await file("tile/entries/002.p/18"))[17], itemOf(529).entry);
    assert.deepEqual(readCheckpoint(new TextDecoder().decode(await file("checkpoint"))).root, rootOf(530));
  });

  it("serves every width that it has reached, and nothing else", async () => {
    const { logs } = logsOf(1, await folders.make());
    await logs.start();
    await logs.append(origin, itemsOf(0, 260));

    assert.equal((await logs.resource(origin, "tile/0/001.p/3"))!.length, 96);
    assert.equal(await logs.resource(origin, "tile/0/001.p/5"), undefined);
    assert.equal(await logs.resource(origin, "tile/0/001"), undefined);
    assert.equal((await logs.resource(origin, "tile/1/000.p/1"))!.length, 32);
    assert.equal(await logs.resource(origin, "../../sidecars/LOCK"), undefined);
    assert.equal(await logs.resource(originOf("bb"), "checkpoint"), undefined);
    await logs.stop();
  });

  it("refuses what is no entry, another member's log and ranges outside, and goes on", async () => {
    const { logs, fatal } = logsOf(1, await folders.make());
    await logs.start();
    const noEntry = { entry: new Uint8Array(20), records: new Uint8Array() };

    await assert.rejects(logs.append(origin, [itemOf(0), noEntry]), { code: "LOG_ENTRY" });
    await assert.rejects(logs.append(originOf("bb"), [itemOf(0)]), { code: "LOG_ORIGIN" });
    await assert.rejects(logs.append("comity/elsewhere", [itemOf(0)]), { code: "LOG_ORIGIN" });
    await assert.rejects(logs.entries(originOf("cc"), 0, 1), { code: "LOG_UNKNOWN" });
    await logs.append(origin, [itemOf(0)]);
    await assert.rejects(logs.entries(origin, 0, 2), { code: "LOG_RANGE" });
    await assert.rejects(logs.inclusion(origin, 1, 1), { code: "LOG_RANGE" });
    assert.equal(logs.head(origin)!.size, 1);
    assert.deepEqual(fatal, []);
    await logs.stop();
  });

  it("says that it is busy rather than queue without bound", async () => {
    const { logs, fatal } = logsOf(1, await folders.make());
    await logs.start();
    await logs.open(origin);
    const items = itemsOf(0, 40);
    const tooLong = new Uint8Array(2 ** 21);

    const appends = items.map(({ entry }) => logs.append(origin, [{ entry, records: tooLong }]));
    const outcomes = await Promise.allSettled(appends);

    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.ok(
      refused.length > 0 && refused.every(({ reason }) => (reason as { code: string }).code === "LOG_BUSY"),
    );
    assert.equal(logs.head(origin)!.size, outcomes.length - refused.length);
    assert.deepEqual(fatal, []);
    await logs.stop();
  });

  it("stops for good when somebody shows our signature on more than is on this disk", async () => {
    const { logs, fatal } = logsOf(1, await folders.make());
    await logs.start();
    await logs.append(origin, itemsOf(0, 3));

    await assert.rejects(logs.observe(origin, noteOf(1, origin, 4, rootOf(4))), { code: "LOG_BROKEN" });

    assert.equal(fatal.length, 1);
    await logs.stop();
  });

  it("starts with no log whose journal is gone, whose bundle was changed, or that has signed more", async () => {
    const directory = await folders.make();
    const folder = join(directory, "logs/aa/operator/site-one");
    const first = logsOf(1, directory);
    await first.logs.start();
    await first.logs.append(origin, itemsOf(0, 300));
    await first.logs.stop();
    const paths = ["tile/entries/000", "journal", "checkpoint"].map((path) => join(folder, path));
    assert.ok((await stat(paths[0]!)).size > 0);

    for (const path of paths) {
      const whole = await readFile(path);
      const text = noteOf(1, origin, 301, rootOf(301));
      await writeFile(path, path.endsWith("checkpoint") ? text : flipped(whole, 40));
      const { logs } = logsOf(1, directory);
      await assert.rejects(logs.start(), { code: "LOG_BROKEN" }, path);
      await logs.stop();
      await writeFile(path, whole);
    }

    const { logs } = logsOf(1, directory);
    await logs.start();
    assert.equal(logs.head(origin)!.size, 300);
    await logs.stop();
  });
});

function recordRootOf(number: number): string {
  return toHex(decodeEntry(itemOf(number).entry).segment.recordRoot);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
