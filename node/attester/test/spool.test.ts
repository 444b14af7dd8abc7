import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BatchItem, DAY_MS, decodeSegment, hostIdOf, parseNetworkId } from "@comity/protocol";
import fc from "fast-check";
import {
  chainAfter,
  draftSegment,
  firstChain,
  type HostChain,
  profileSource,
  sealSegment,
  Spool,
} from "../src/index.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const hostId = hostIdOf(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
const MIB = 1024 * 1024;

/** Segments of one host, each following the one before. */
function segments(count: number): BatchItem[] {
  let chain: HostChain = firstChain(hostId, 0);
  return Array.from({ length: count }, () => {
    const draft = draftSegment({
      networkId: parseNetworkId("ab".repeat(32)),
      origin: "comity/test",
      chain,
      accelerators: [{ serial: "A", model: "NVIDIA L4" }],
      endMs: chain.endMs + DAY_MS,
      recordIntervalMs: DAY_MS,
      nonceEpoch: new Uint8Array(8).fill(7),
      source: profileSource("x", []),
    });
    chain = chainAfter(chain, draft.segment);
    return sealSegment(draft, privateKey);
  });
}

const numbersOf = (items: readonly BatchItem[]): number[] =>
  items.map(({ segment }) => Number(decodeSegment(segment).segmentNumber));

describe("a spool", function () {
  this.timeout(20_000); // It waits for the disk.
  const folders: string[] = [];
  const folder = async (): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), "comity-spool-"));
    folders.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of folders.splice(0)) await rm(made, { recursive: true });
  });

  it("gives what waits, oldest first, until it is answered, over restarts", async () => {
    const directory = await folder();
    const spool = await Spool.open(directory, MIB);
    await spool.append(segments(5).slice(0, 3));
    await spool.append(segments(5).slice(3));
    assert.deepEqual(numbersOf(await spool.next(3, MIB)), [1, 2, 3]);
    assert.deepEqual(numbersOf(await spool.next(9, MIB)), [1, 2, 3, 4, 5]);
    await spool.advance(2);
    await spool.close();

    const again = await Spool.open(directory, MIB);

    assert.equal(again.waiting, 3);
    assert.equal(again.chains.get(hostId)?.segmentNumber, 5n);
    assert.deepEqual(again.lastNonceEpoch, new Uint8Array(8).fill(7));
    assert.deepEqual(numbersOf(await again.next(9, MIB)), [3, 4, 5]);
    await again.advance(3);
    assert.deepEqual(await again.next(9, MIB), []);
    await again.append(segments(6).slice(5));
    assert.deepEqual(numbersOf(await again.next(9, MIB)), [6]);
    await again.close();
  });

  it("gives at most so many bytes at once, and always something", async () => {
    const spool = await Spool.open(await folder(), MIB);
    await spool.append(segments(4));

    assert.equal((await spool.next(9, 1)).length, 1);
    assert.equal((await spool.next(9, 1000)).length, 2);
    await spool.close();
  });

  it("refuses more than it may hold and keeps the oldest", async () => {
    const spool = await Spool.open(await folder(), 2500);
    await spool.append(segments(3));

    await assert.rejects(spool.append(segments(9).slice(3)), { code: "SPOOL_FULL" });
    assert.deepEqual(numbersOf(await spool.next(9, MIB)), [1, 2, 3]);
    await spool.close();
  });

  it("starts another file when one is large, and deletes those that were answered", async function () {
    const directory = await folder();
    const spool = await Spool.open(directory, 64 * MIB);
    const [item] = segments(1);
    const large = { segment: item!.segment, records: new Uint8Array(2 * MIB) };
    for (let i = 0; i < 5; i++) await spool.append([large]);
    const files = async (): Promise<number> =>
      (await readdir(directory)).filter((name) => name.endsWith(".spool")).length;

    assert.equal(await files(), 3);
    assert.equal((await spool.next(9, 64 * MIB)).length, 5);
    await spool.advance(4);
    assert.equal(await files(), 1);
    assert.equal((await spool.next(9, 64 * MIB)).length, 1);
    await spool.close();
    const again = await Spool.open(directory, 64 * MIB);
    assert.equal(again.waiting, 1);
    await again.close();
  });

  it("has whole segments only, wherever its last write was cut short", async () => {
    const directory = await folder();
    const spool = await Spool.open(directory, MIB);
    await spool.append(segments(4));
    await spool.close();
    const [name = ""] = (await readdir(directory)).filter((file) => file.endsWith(".spool"));
    const { size } = await stat(join(directory, name));

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: size - 1500, max: size + 900 }), async (cut) => {
        await truncate(join(directory, name), cut);
        const torn = await Spool.open(directory, MIB);
        const held = torn.waiting;
        assert.equal(torn.chains.get(hostId)?.segmentNumber ?? 0n, BigInt(held));
        await torn.append(segments(4).slice(held));
        assert.deepEqual(numbersOf(await torn.next(9, MIB)), [1, 2, 3, 4]);
        await torn.close();
        for (const file of await readdir(directory)) if (file !== name) await rm(join(directory, file));
        await truncate(join(directory, name), 0);
        await rm(join(directory, name));
        const whole = await Spool.open(directory, MIB);
        await whole.append(segments(4));
        await whole.close();
      }),
      { numRuns: 12 },
    );
  });

  it("sends again what it cannot remember to have sent", async () => {
    const directory = await folder();
    const spool = await Spool.open(directory, MIB);
    await spool.append(segments(2));
    await spool.next(9, MIB);
    await spool.advance(2);
    await spool.close();
    await writeFile(join(directory, "sent"), '{"se');

    const again = await Spool.open(directory, MIB);

    assert.deepEqual(numbersOf(await again.next(9, MIB)), [1, 2]);
    await again.close();
  });

  it("is SPOOL_BROKEN where a file between is gone, or has lost its beginning", async () => {
    const directory = await folder();
    const spool = await Spool.open(directory, 64 * MIB);
    const [item] = segments(1);
    const large = { segment: item!.segment, records: new Uint8Array(2 * MIB) };
    for (let i = 0; i < 5; i++) await spool.append([large]);
    await spool.close();
    const names = (await readdir(directory)).filter((name) => name.endsWith(".spool")).sort();
    const paths = names.map((name) => join(directory, name));
    assert.equal(paths.length, 3);

    await rm(paths[1]!);
    await assert.rejects(Spool.open(directory, MIB), { code: "SPOOL_BROKEN" });
    await truncate(paths[2]!, 5);
    await assert.rejects(Spool.open(directory, MIB), { code: "SPOOL_BROKEN" });
  });

  it("remembers from where a host was told to go on", async () => {
    const directory = await folder();
    const spool = await Spool.open(directory, MIB);
    const [first, , third] = segments(3);
    await spool.append([first!]);
    spool.adopt({ ...spool.chains.get(hostId)!, segmentNumber: 2n });
    await spool.append([third!]);
    await spool.close();

    const again = await Spool.open(directory, MIB);

    assert.equal(again.chains.get(hostId)?.segmentNumber, 3n);
    assert.deepEqual(numbersOf(await again.next(9, MIB)), [1, 3]);
    await again.close();
  });
});
