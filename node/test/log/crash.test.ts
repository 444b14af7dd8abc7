import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { concat, leafHash, readCheckpoint, treeHash, u32 } from "@comity/protocol";
import fc from "fast-check";
import { decodeCommit, encodeCommit } from "../../src/log/frame.ts";
import { itemsOf, logsOf, originOf, temporaryFolders } from "./fixture.ts";

const origin = originOf("aa");
const writer = fileURLToPath(new URL("crashWriter.js", import.meta.url));
const folderOf = (directory: string): string => join(directory, "logs/aa/operator/site-one");

describe("a log after a crash", function () {
  this.timeout(60_000); // It waits for the disk and for processes.

  const folders = temporaryFolders();
  afterEach(folders.removeAll);

  it("is what was acknowledged or one whole commit more, wherever the journal was cut", async () => {
    const directory = await folders.make();
    const { logs } = logsOf(1, directory);
    await logs.start();
    const sizes = [0];
    for (const [from, to] of [
      [0, 3],
      [3, 250],
      [250, 251],
    ] as const) {
      await logs.append(origin, itemsOf(from, to));
      sizes.push(to);
    }
    const length = (await readFile(join(folderOf(directory), "journal"))).length;
    const copy = await folders.make();
    await cp(folderOf(directory), folderOf(copy), { recursive: true });
    await logs.stop();
    const whole = await readFile(join(folderOf(copy), "journal"));
    assert.equal(whole.length, length);
    // The header came by a rename, whole; only frames after it can be torn.
    const headerEnd = 16 + whole.readUInt32BE(8);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: headerEnd, max: length }), async (cut) => {
        const torn = await folders.make();
        await cp(folderOf(copy), folderOf(torn), { recursive: true });
        await truncate(join(folderOf(torn), "journal"), cut);
        await assertWhole(torn, sizes);
        await assertWhole(
          torn,
          sizes.map((size) => size + 4),
        );
      }),
      { numRuns: 25, examples: [[headerEnd], [length - 1], [length]] },
    );
  });

  it("drops what a power failure left of a write, zeros or part of it, but not what was whole before", async () => {
    const directory = await folders.make();
    const { logs } = logsOf(1, directory);
    await logs.start();
    await logs.append(origin, itemsOf(0, 3));
    await logs.append(origin, itemsOf(3, 9));
    await logs.stop();
    const path = join(folderOf(directory), "journal");
    const whole = await readFile(path);

    for (const tail of [Buffer.alloc(4096), Buffer.concat([Buffer.alloc(8), whole.subarray(20, 500)])]) {
      await writeFile(path, Buffer.concat([whole, tail]));
      const after = logsOf(1, directory);
      await after.logs.start();
      assert.equal(after.logs.head(origin)!.size, 9);
      await after.logs.stop();
    }
    assert.ok((await readFile(path)).equals(whole));
    whole[60] = (whole[60] ?? 0) ^ 1;
    await writeFile(path, whole);
    const damaged = logsOf(1, directory);
    await assert.rejects(damaged.logs.start(), { code: "LOG_BROKEN" });
    await damaged.logs.stop();
  });

  it("finishes the tiles of a commit that had reached only the journal", async () => {
    const [directory, before] = [await folders.make(), await folders.make()];
    const { logs } = logsOf(1, directory);
    await logs.start();
    await logs.append(origin, itemsOf(0, 200));
    await cp(folderOf(directory), folderOf(before), { recursive: true });
    const old = await readFile(join(folderOf(before), "journal"));
    // The frame as it was written, without what followed it: sealed tiles and a journal that starts again after them.
    const appended = await captureFrame(logs, directory, old.readUInt32BE(0));
    await logs.stop();
    await writeFile(join(folderOf(before), "journal"), Buffer.concat([old, appended]));

    const after = logsOf(1, before);
    await after.logs.start();

    assert.equal(after.logs.head(origin)!.size, 600);
    assert.equal((await readFile(join(folderOf(before), "tile/0/001"))).length, 256 * 32);
    await after.logs.stop();
  });

  it("has everything that a killed process had acknowledged, and never a second root", async () => {
    const directory = await folders.make();
    let acknowledged = 0;
    const notes = new Map<number, string>();

    for (const patience of [1, 4, 9, 2, 14]) {
      const seen = await killAfter(patience, directory);
      for (const note of seen) {
        const { size } = readCheckpoint(note);
        assert.equal(notes.get(size) ?? note, note, "two notes for one size");
        notes.set(size, note);
        acknowledged = Math.max(acknowledged, size);
      }
    }

    const { logs, fatal } = logsOf(1, directory);
    await logs.start();
    const { size } = logs.head(origin)!;
    assert.ok(acknowledged > 0 && size >= acknowledged, `${size} of ${acknowledged} acknowledged`);
    const leaves = (await logs.entries(origin, 0, size)).map(leafHash);
    assert.deepEqual(
      leaves,
      itemsOf(0, size).map((item) => leafHash(item.entry)),
    );
    for (const note of notes.values()) {
      const checkpoint = readCheckpoint(note);
      assert.deepEqual(checkpoint.root, treeHash(leaves.slice(0, checkpoint.size)));
      await logs.observe(origin, note);
    }
    assert.deepEqual(fatal, []);
    await logs.stop();
  });
});

/** Opens the log, whose size must be one of these, appends four entries and checks every entry. */
async function assertWhole(directory: string, sizes: readonly number[]): Promise<void> {
  const { logs } = logsOf(1, directory);
  await logs.start();
  const { size } = await logs.open(origin);
  assert.ok(sizes.includes(size), `a size of ${size}`);
  await logs.append(origin, itemsOf(size, size + 4));
  const entries = await logs.entries(origin, 0, size + 4);
  assert.ok(Buffer.concat(entries).equals(Buffer.concat(itemsOf(0, size + 4).map((item) => item.entry))));
  await logs.stop();
}

async function captureFrame(
  logs: ReturnType<typeof logsOf>["logs"],
  directory: string,
  key: number,
): Promise<Uint8Array> {
  await logs.append(origin, itemsOf(200, 600));
  const journal = await readFile(join(folderOf(directory), "journal"));
  const view = new DataView(journal.buffer, journal.byteOffset);
  const commit = decodeCommit(journal.subarray(16 + view.getUint32(8) + 8));
  const entries = itemsOf(200, 600).map((item) => item.entry);
  const frame = encodeCommit({ from: 200, entries, note: commit.note, proof: [] });
  return concat(u32(frame.length), u32(crc32(frame, key)), frame);
}

/** Runs a process that appends without end, kills it after so many acknowledgements, and gives what it had acknowledged. */
async function killAfter(count: number, directory: string): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [writer, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const notes: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    notes.push(JSON.parse(line) as string);
    if (notes.length === count) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return notes;
}
