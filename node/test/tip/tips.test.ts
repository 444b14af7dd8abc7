import assert from "node:assert/strict";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { networkId as parseNetwork, TIP_LEAVES } from "@comity/protocol";
import { cellHashOf, proveInHour, type TipCertificate, verifyCertificate } from "@comity/tip";
import { cellOf, genesis, hourMs, networkId, soon, type TipNode, TipNodes } from "./tipNodes.ts";

const network = { networkId, genesis };

function certified({ service }: TipNode, cellHash: string): TipCertificate | undefined {
  try {
    return service.certificate(cellHash);
  } catch {
    return undefined;
  }
}

/** Another cell of the right form, made without sealing. */
function variant(cell: Uint8Array, n: number): Uint8Array {
  const copy = Uint8Array.from(cell);
  new DataView(copy.buffer).setUint32(5_000, n);
  return copy;
}

async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe("A tip that a gateway takes", function () {
  this.timeout(60_000);
  let nodes: TipNodes;

  beforeEach(async () => {
    nodes = await TipNodes.make();
  });
  afterEach(() => nodes.close());

  it("comes into the hour of its arrival, and a repeat changes nothing", async () => {
    const node = await nodes.start(1);
    const cell = await cellOf("one");
    const { hour } = nodes;

    const place = await node.service.accept(cell);
    nodes.clock.pass(hourMs);
    const again = await node.service.accept(cell);

    assert.deepEqual(place, { cellHash: cellHashOf(cell), tipHour: hour });
    assert.deepEqual(again, place);
  });

  it("is certified by n − f members, each of which has it on its disk", async () => {
    const all = await nodes.startAll();
    const [first] = all;
    const cell = await cellOf("one");

    const { cellHash } = await first!.service.accept(cell);
    const certificate = await soon(() => {
      const found = certified(first!, cellHash);
      return found?.signatures.length === 3 ? found : undefined;
    });

    const holders = verifyCertificate(certificate, network);
    assert.deepEqual(holders, ["aa", "ab", "ac"]);
    for (const node of all.slice(0, 3)) assert.deepEqual(await node.store.cell(cellHash), cell);
    assert.equal(await all[3]!.store.cell(cellHash), undefined);
    assert.deepEqual(await all[3]!.service.cell(cellHash), cell);
  });

  it("is certified by f + 1 where no more can be reached, and by more when they are back", async () => {
    const [first] = await nodes.startAll();
    nodes.down.add(2).add(3);

    const { cellHash } = await first!.service.accept(await cellOf("one"));
    const certificate = await soon(() => certified(first!, cellHash));
    assert.deepEqual(verifyCertificate(certificate, network), ["aa", "ad"]);

    nodes.bring(3);
    await soon(() => (certified(first!, cellHash)?.signatures.length === 3 ? true : undefined));
  });

  it("has no certificate while nobody else holds it", async () => {
    const [first] = await nodes.startAll();
    for (const member of [2, 3, 4]) nodes.down.add(member);

    const { cellHash } = await first!.service.accept(await cellOf("one"));

    assert.throws(() => first!.service.certificate(cellHash), { code: "TIP_CERTIFICATE_PENDING" });
    assert.throws(() => first!.service.certificate("ab".repeat(32)), { code: "TIP_UNKNOWN" });
  });

  it("loses nothing where the node ends between receipt and certificate, whenever that is", async () => {
    for (const lateMs of [0, hourMs, 50 * hourMs]) {
      for (const member of [2, 3, 4]) nodes.down.add(member);
      const node = await nodes.start(1);
      const other = await nodes.start(2);
      const { cellHash, tipHour } = await node.service.accept(await cellOf(`after ${lateMs}`));
      await node.stop();

      nodes.clock.pass(lateMs);
      nodes.down.clear();
      const again = await nodes.start(1);
      const certificate = await soon(() => certified(again, cellHash));

      assert.equal(certificate.tipHour, tipHour);
      assert.ok(verifyCertificate(certificate, network).includes("aa"));
      nodes.clock.pass(hourMs);
      await soon(() => (again.store.closedThrough >= tipHour ? true : undefined));
      assert.ok(proveInHour(again.hours.list(tipHour), cellHash));
      await again.stop();
      await other.stop();
    }
  });

  it("keeps its certificate across a restart when its hour is over, without asking anybody again", async () => {
    const [first] = await nodes.startAll();
    const { cellHash, tipHour } = await first!.service.accept(await cellOf("one"));
    await soon(() => (certified(first!, cellHash)?.signatures.length === 3 ? true : undefined));
    nodes.clock.pass(hourMs);
    await soon(() => (first!.store.closedThrough >= tipHour ? true : undefined));
    await first!.stop();
    for (const member of [2, 3, 4]) nodes.down.add(member);

    const again = await nodes.start(1);

    assert.equal(certified(again, cellHash)?.signatures.length, 3);
  });

  it("does not count a member's signature that is none", async () => {
    const [first] = await nodes.startAll();
    nodes.forge = (member, signature) => (member === 2 ? signature.map((byte) => byte ^ 1) : signature);

    const { cellHash } = await first!.service.accept(await cellOf("one"));
    const certificate = await soon(() => {
      const found = certified(first!, cellHash);
      return found?.signatures.length === 3 ? found : undefined;
    });

    assert.deepEqual(verifyCertificate(certificate, network), ["aa", "ac", "ad"]);
  });

  it("is refused where it is no cell, or of another network", async () => {
    const node = await nodes.start(1);
    const foreign = parseNetwork("00".repeat(32));

    await assert.rejects(node.service.accept(new Uint8Array(65_536)), { code: "CELL_MALFORMED" });
    await assert.rejects(node.service.accept(await cellOf("one", foreign)), { code: "TIP_NETWORK" });
  });
});

describe("A tip hour", function () {
  this.timeout(60_000);
  let nodes: TipNodes;

  beforeEach(async () => {
    nodes = await TipNodes.make();
  });
  afterEach(() => nodes.close());

  it("has a list when it is over, the same one for ever and across restarts", async () => {
    const node = await nodes.start(1);
    const { tipHour, cellHash } = await node.service.accept(await cellOf("one"));
    assert.throws(() => node.hours.list(tipHour), { code: "TIP_HOUR_RUNNING" });

    nodes.clock.pass(hourMs);
    const list = await soon(() =>
      node.store.closedThrough >= tipHour ? node.hours.list(tipHour) : undefined,
    );
    await node.stop();
    const again = await nodes.start(1);

    assert.equal(list.leaves.length, TIP_LEAVES);
    assert.ok(proveInHour(list, cellHash));
    assert.deepEqual(again.hours.list(tipHour), list);
    assert.equal(again.hours.list(tipHour - 7).leaves.length, TIP_LEAVES);
    assert.notDeepEqual(again.hours.list(tipHour - 7).leaves, again.hours.list(tipHour - 8).leaves);
  });

  it("takes no tip any more, even when the clock is set back", async () => {
    const node = await nodes.start(1);
    const first = await node.service.accept(await cellOf("one"));
    nodes.clock.pass(hourMs);
    await soon(() => (node.store.closedThrough >= first.tipHour ? true : undefined));
    await node.stop();
    nodes.clock.nowMs -= hourMs;

    const again = await nodes.start(1);
    const second = await again.service.accept(await cellOf("two"));

    assert.equal(second.tipHour, first.tipHour + 1);
    assert.equal(proveInHour(again.hours.list(first.tipHour), second.cellHash), undefined);
  });

  it("leaves no file whose time or order says more than the hour", async () => {
    const node = await nodes.start(1);
    await nodes.start(2);
    for (const text of ["one", "two", "three"]) await node.service.accept(await cellOf(text));
    const { hour } = nodes;
    await soon(() => (node.store.own().every((tip) => certified(node, tip.cellHash)) ? true : undefined));

    const endedMs = Date.now();
    nodes.clock.pass(hourMs);
    await soon(() => (node.store.closedThrough >= hour ? true : undefined));
    await node.stop();

    const found = await files(nodes.folder(1));
    const cells = found.filter((file) => file.includes("/sealed/"));
    assert.equal(cells.length, 3);
    assert.ok(found.every((file) => !file.includes("/open/")));
    const times: [name: string, madeMs: number][] = [];
    for (const file of cells) {
      const { birthtimeMs, mtimeMs, ctimeMs } = await stat(file);
      assert.ok(Math.min(birthtimeMs, mtimeMs, ctimeMs) >= endedMs - 1, file);
      times.push([file.slice(-64), mtimeMs]);
    }
    const byTime = times.sort((a, b) => a[1] - b[1]).map(([name]) => name);
    assert.deepEqual(byTime, [...byTime].sort());
  });

  it("logs about its tips only when it is over, and never which tip", async () => {
    const [first] = await nodes.startAll();
    nodes.down.add(2).add(3).add(4);
    let refusals = 0;
    nodes.forge = (_member, signature) => {
      refusals += 1;
      return signature.map((byte) => byte ^ 1);
    };
    nodes.bring(4);
    const { cellHash, tipHour } = await first!.service.accept(await cellOf("one"));
    await soon(() => (refusals > 0 ? true : undefined));
    assert.deepEqual(first!.log, []);

    nodes.clock.pass(hourMs);
    await soon(() => (first!.log.length > 0 ? true : undefined));

    assert.ok(first!.store.closedThrough >= tipHour);
    assert.ok(!JSON.stringify(first!.log).includes(cellHash.slice(0, 8)));
  });

  it("has room for as many tips as its list has leaves, and says so", async () => {
    const node = await nodes.start(1);
    const cell = await cellOf("many");
    for (let n = 0; n < TIP_LEAVES; n += 32) {
      await Promise.all(Array.from({ length: 32 }, (_, i) => node.store.accept(variant(cell, n + i))));
    }

    await assert.rejects(node.store.accept(variant(cell, TIP_LEAVES)), { code: "TIP_FULL" });

    nodes.clock.pass(hourMs);
    await node.store.accept(variant(cell, TIP_LEAVES));
  });

  it("refuses to write more at once than it may", async () => {
    const node = await nodes.start(1);
    const cell = await cellOf("many");
    const accepted = Array.from({ length: 65 }, (_, n) => node.store.accept(variant(cell, n)));

    const results = await Promise.allSettled(accepted);

    const refused = results.filter(({ status }) => status === "rejected");
    assert.equal(refused.length, 1);
  });
});

describe("Another member's tips", function () {
  this.timeout(60_000);
  let nodes: TipNodes;

  beforeEach(async () => {
    nodes = await TipNodes.make();
  });
  afterEach(() => nodes.close());

  it("are held under the hour that it said first, and under no hour that has not come", async () => {
    const { store } = await nodes.start(1);
    const cell = await cellOf("one");
    const { hour } = nodes;

    await store.hold(cell, { tipHour: hour - 3, origin: 2 });
    await store.hold(cell, { tipHour: hour - 3, origin: 2 });
    await assert.rejects(store.hold(cell, { tipHour: hour, origin: 2 }), { code: "TIP_HOUR" });
    await assert.rejects(store.hold(await cellOf("two"), { tipHour: hour + 2, origin: 2 }), {
      code: "TIP_HOUR",
    });

    assert.equal(store.own().length, 0);
  });

  it("are not taken for our own, so that two gateways can take one cell", async () => {
    const [first, second] = await nodes.startAll();
    const cell = await cellOf("one");

    const one = await first!.service.accept(cell);
    nodes.clock.pass(hourMs);
    const other = await second!.service.accept(cell);

    assert.equal(other.tipHour, one.tipHour + 1);
    nodes.clock.pass(hourMs);
    for (const [node, place] of [
      [first!, one],
      [second!, other],
    ] as const) {
      await soon(() => (node.store.closedThrough >= place.tipHour ? true : undefined));
      assert.ok(proveInHour(node.hours.list(place.tipHour), place.cellHash));
    }
  });

  it("wait without a word about what is in them", async () => {
    const [, second, third] = await nodes.startAll();
    const { cellHash, tipHour } = await second!.service.accept(await cellOf("one"));

    const [waiting] = await soon(() => {
      const found = third!.service.waiting(10);
      return found.length > 0 ? found : undefined;
    });

    assert.deepEqual(waiting, { cellHash, tipHour, memberId: "ab" });
  });

  it("are not read from files that a crash left half written", async () => {
    const node = await nodes.start(1);
    await node.service.accept(await cellOf("one"));
    await node.stop();
    const folder = join(nodes.folder(1), "open", String(nodes.hour));
    await writeFile(join(folder, `${nodes.hour}.1.${"ab".repeat(32)}.tmp`), "half");

    const again = await nodes.start(1);

    assert.equal(again.store.own().length, 1);
  });
});
