import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { concat, u32, utf8 } from "@comity/protocol";
import { Journal } from "../../src/log/journal.ts";
import { temporaryFolders } from "./fixture.ts";

const first = utf8("first");
const second = utf8("second");

describe("a journal", function () {
  this.timeout(60_000); // It waits for the disk.

  const folders = temporaryFolders();
  afterEach(folders.removeAll);

  async function written(...frames: readonly Uint8Array[]): Promise<string> {
    const path = join(await folders.make(), "journal");
    const journal = await Journal.create(path, [first]);
    for (const frame of frames) await journal.append(frame);
    await journal.close();
    return path;
  }

  async function framesOf(path: string): Promise<readonly Uint8Array[]> {
    const opened = await Journal.open(path);
    await opened?.journal.close();
    return opened?.frames ?? [];
  }

  it("cuts off a torn frame although whole ones of another journal lie in its payload", async () => {
    const other = await readFile(await written(second));
    const unkeyed = concat(u32(second.length), u32(crc32(second)), second);
    const path = await written(second, concat(other, unkeyed, new Uint8Array(100)));
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, -1));

    assert.deepEqual(await framesOf(path), [first, second]);
    assert.deepEqual(await framesOf(path), [first, second]);
  });

  it("is broken where a frame before the last is damaged", async () => {
    const path = await written(second, second);
    const bytes = await readFile(path);
    bytes[bytes.length - 20] = 0;
    await writeFile(path, bytes);

    await assert.rejects(framesOf(path), { code: "LOG_BROKEN" });
  });

  it("is broken, and left as it is, where its key is damaged", async () => {
    const path = await written(second);
    const bytes = await readFile(path);
    for (const damaged of [bytes.subarray(0, 7), Buffer.from(bytes).fill(0, 0, 1), Buffer.alloc(0)]) {
      if (damaged.equals(bytes)) continue;
      await writeFile(path, damaged);
      await assert.rejects(framesOf(path), { code: "LOG_BROKEN" });
      assert.ok((await readFile(path)).equals(damaged));
    }
  });

  it("goes on under another key after it was replaced", async () => {
    const path = await written(second);
    const opened = await Journal.open(path);
    await opened?.journal.replace([second]);
    await opened?.journal.append(first);
    await opened?.journal.close();

    assert.deepEqual(await framesOf(path), [second, first]);
  });
});
