import assert from "node:assert/strict";
import { leafHash, toHex, treeHash } from "@comity/protocol";
import type { Equivocation, FileEvidenceLogs, LogItem } from "../../src/log/index.ts";
import { itemOf, itemsOf, logsOf, noteOf, originOf, temporaryFolders } from "./fixture.ts";

const origin = originOf("bb");
const rootOf = (items: readonly LogItem[]): Uint8Array => treeHash(items.map((item) => leafHash(item.entry)));
const noteFor = (items: readonly LogItem[]): string => noteOf(2, origin, items.length, rootOf(items));

describe("a mirror", function () {
  this.timeout(60_000); // It waits for the disk.

  const folders = temporaryFolders();
  let directory: string;
  let logs: FileEvidenceLogs;
  let fatal: Error[];
  let proofs: Equivocation[];

  beforeEach(async () => {
    directory = await folders.make();
    ({ logs, fatal } = logsOf(1, directory));
    proofs = [];
    logs.onEquivocation((proof) => proofs.push(proof));
    await logs.start();
  });

  afterEach(async () => {
    await logs.stop();
    await folders.removeAll();
    assert.deepEqual(fatal, []);
  });

  const refused = (code: string, from: number, items: readonly LogItem[], note: string): Promise<void> =>
    assert.rejects(logs.mirror(origin, from, items, note), { code });

  it("holds what its owner appended, through overlaps and a restart", async () => {
    assert.deepEqual(await logs.mirror(origin, 0, itemsOf(0, 5), noteFor(itemsOf(0, 5))), { size: 5 });
    assert.deepEqual(await logs.mirror(origin, 3, itemsOf(3, 600), noteFor(itemsOf(0, 600))), { size: 600 });
    assert.deepEqual(await logs.mirror(origin, 0, itemsOf(0, 5), noteFor(itemsOf(0, 5))), { size: 600 });
    await logs.stop();
    ({ logs, fatal } = logsOf(1, directory));
    await logs.start();

    const head = logs.head(origin);
    assert.deepEqual([head!.own, head!.ownerIndex, head!.size], [false, 2, 600]);
    assert.equal(head!.root, toHex(rootOf(itemsOf(0, 600))));
    assert.equal(head!.checkpoint, noteFor(itemsOf(0, 600)));
    assert.deepEqual((await logs.entries(origin, 599, 600))[0], itemOf(599).entry);
  });

  it("catches up in parts under one checkpoint of a larger tree", async () => {
    const owner = logsOf(2, await folders.make()).logs;
    await owner.start();
    await owner.append(origin, itemsOf(0, 700));
    const note = owner.head(origin)!.checkpoint!;

    for (const [from, to] of [
      [0, 300],
      [300, 600],
      [600, 700],
    ] as const) {
      const proof = await owner.consistency(origin, to, 700);
      assert.deepEqual(await logs.mirror(origin, from, itemsOf(from, to), note, proof), { size: to });
      assert.equal(logs.head(origin)!.checkpoint, to === 700 ? note : undefined);
      if (to === 600) {
        await logs.stop();
        ({ logs, fatal } = logsOf(1, directory));
        await logs.start();
      }
    }

    assert.equal(logs.head(origin)!.root, owner.head(origin)!.root);
    await owner.stop();
  });

  it("stores nothing past a gap and says where it is", async () => {
    await logs.mirror(origin, 0, itemsOf(0, 5), noteFor(itemsOf(0, 5)));

    assert.deepEqual(await logs.mirror(origin, 6, itemsOf(6, 8), noteFor(itemsOf(0, 8))), { size: 5 });
  });

  it("refuses notes of others, entries past the note and entries that do not lead to it", async () => {
    const items = itemsOf(0, 4);

    await refused("LOG_CHECKPOINT", 0, items, noteOf(3, origin, 4, rootOf(items)));
    await refused("LOG_CHECKPOINT", 0, items, noteFor(items).replace(origin, originOf("cc")));
    await refused("LOG_CHECKPOINT", 0, items, noteFor(itemsOf(0, 3)));
    await refused("LOG_INCONSISTENT", 0, itemsOf(1, 5), noteFor(items));
    await refused("LOG_INCONSISTENT", 0, items, noteFor(itemsOf(0, 9)));
    assert.equal(logs.head(origin)!.size, 0);
    assert.deepEqual(await logs.mirror(origin, 0, items, noteFor(items)), { size: 4 });
  });

  it("refuses a sidecar under a name that is not its hash", async () => {
    const items = [itemOf(0), { entry: itemOf(1).entry, records: itemOf(2).records }];

    await refused("LOG_RECORDS", 0, items, noteFor(items));
    const longer = [{ ...itemOf(0), records: Uint8Array.of(...itemOf(0).records, 0) }];
    await refused("LOG_RECORDS", 0, longer, noteFor(longer));
  });

  it("refuses logs of no member and our own", async () => {
    const [items, ours] = [itemsOf(0, 1), originOf("aa")];

    await assert.rejects(logs.mirror(originOf("zz"), 0, items, noteFor(items)), { code: "LOG_ORIGIN" });
    await assert.rejects(logs.mirror(ours, 0, items, noteOf(1, ours, 1, rootOf(items))), {
      code: "LOG_ORIGIN",
    });
  });

  it("keeps both notes when the owner signs two trees of one size", async () => {
    const fork = [...itemsOf(0, 4), itemOf(99)];
    await logs.mirror(origin, 0, itemsOf(0, 5), noteFor(itemsOf(0, 5)));
    await logs.mirror(origin, 5, itemsOf(5, 300), noteFor(itemsOf(0, 300)));

    await refused("LOG_FORKED", 0, fork, noteFor(fork));
    await assert.rejects(logs.observe(origin, noteFor(fork)), { code: "LOG_FORKED" });

    const proof = { origin, first: noteFor(itemsOf(0, 5)), second: noteFor(fork) };
    assert.deepEqual(proofs, [proof]);
    assert.deepEqual(await logs.equivocations(), [proof]);
    assert.equal(logs.head(origin)!.size, 300);
  });

  it("keeps the newest note beside one of a size at which it saw none", async () => {
    const fork = [...itemsOf(0, 2), itemOf(99)];
    await logs.mirror(origin, 0, itemsOf(0, 5), noteFor(itemsOf(0, 5)));

    await assert.rejects(logs.observe(origin, noteFor(fork)), { code: "LOG_FORKED" });

    assert.deepEqual(proofs, [{ origin, first: noteFor(itemsOf(0, 5)), second: noteFor(fork) }]);
  });

  it("observes true notes of any size without a word", async () => {
    await logs.mirror(origin, 0, itemsOf(0, 5), noteFor(itemsOf(0, 5)));

    await logs.observe(origin, noteFor(itemsOf(0, 2)));
    await logs.observe(origin, noteFor(itemsOf(0, 9)));
    assert.deepEqual(proofs, []);
  });

  it("stores no more than its quota of one owner, over restarts, and of the others as before", async () => {
    const items = itemsOf(0, 6);
    const sizeBytes = items.reduce((sum, { entry, records }) => sum + entry.length + records.length, 0);
    const limits = { maxMirrorBytes: sizeBytes };
    const restart = async (): Promise<void> => {
      await logs.stop();
      ({ logs, fatal } = logsOf(1, directory, limits));
      await logs.start();
    };
    await restart();
    await logs.mirror(origin, 0, items.slice(0, 5), noteFor(items.slice(0, 5)));
    await restart();
    await refused("LOG_QUOTA", 5, itemsOf(5, 7), noteFor(itemsOf(0, 7)));
    assert.equal(logs.head(origin)!.size, 5);
    assert.ok(logs.fullestMirror > 0.8 && logs.fullestMirror < 1);

    await logs.mirror(origin, 5, itemsOf(5, 6), noteFor(items));
    assert.equal(logs.fullestMirror, 1);
    await logs.mirror(originOf("cc"), 0, items, noteOf(3, originOf("cc"), 6, rootOf(items)));
    assert.deepEqual(
      logs.list().map(({ size }) => size),
      [6, 6],
    );
  });

  it("counts records that came with entries which led nowhere, for they are on the disk", async () => {
    const before = logs.fullestMirror;

    await refused("LOG_INCONSISTENT", 0, itemsOf(1, 2), noteFor(itemsOf(0, 1)));

    assert.ok(logs.fullestMirror > before);
  });

  it("keeps no more logs than its limit, and goes on with those that it has", async () => {
    await logs.stop();
    ({ logs, fatal } = logsOf(1, directory, { maxLogs: 1 }));
    await logs.start();
    await logs.mirror(origin, 0, itemsOf(0, 1), noteFor(itemsOf(0, 1)));
    const other = originOf("bb", "site-two");

    await assert.rejects(logs.mirror(other, 0, itemsOf(0, 1), noteOf(2, other, 1, rootOf(itemsOf(0, 1)))), {
      code: "LOG_LIMIT",
    });
    assert.deepEqual(await logs.mirror(origin, 1, itemsOf(1, 2), noteFor(itemsOf(0, 2))), { size: 2 });
  });
});
