import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { cellHashOf, decodeReceipt, verifyReceipt } from "@comity/tip";
import { comity } from "./cli.ts";
import { is } from "./eventBook.ts";
import { eventually } from "./eventually.ts";
import { sharedCoalition } from "./sharedCoalition.ts";
import type { TestCoalition } from "./testCoalition.ts";
import { appointOfficers, cellFor, certificateOf, networkOf, post, postAs, rootOf } from "./tipSender.ts";

interface Sent {
  readonly cellHash: string;
  readonly tipHour: number;
  readonly receipt: string;
  readonly members: readonly string[];
  readonly holders: readonly string[];
}

describe("A tip", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "comity-tip-"));
    await appointOfficers(shared());
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tip = (...args: string[]): ReturnType<typeof comity> =>
    comity("tip", ...args, "--data-dir", shared().coalition.layout.root);
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await tip(...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };

  it("is sent, found on the ledger, and opened by two officers, from the command line", async () => {
    const text = "They trained at night.";
    const file = join(folder, "tip.txt");
    writeFileSync(file, text);

    const sent = await json<Sent>("send", file, "--receipt", join(folder, "receipt.json"));
    assert.ok(sent.holders.length >= 2);
    await rootOf(shared(), sent.tipHour);
    const { verdict } = await json<{ verdict: string }>("check", sent.receipt);
    assert.equal(verdict, "kept");

    const [asking = "", approving = ""] = sent.members;
    const open = (member: string, ...more: string[]) =>
      json<{ step: string; text?: string }>("open", sent.cellHash, "--member", member, ...more);
    assert.equal((await open(asking, "--reason", "credible")).step, "requested");
    assert.equal((await open(asking)).step, "waiting");
    assert.equal((await open(approving, "--reason", "I agree")).step, "approved");
    assert.deepEqual(await open(asking), { step: "opened", cellHash: sent.cellHash, text, wrong: [] });
  });

  it("goes into the form as a file that the command line sealed, and its receipt is checked like any other", async () => {
    const test = shared();
    const [file, cellFile] = [join(folder, "form.txt"), join(folder, "form.cell")];
    writeFileSync(file, "From a form.");
    const { cellHash } = await json<{ cellHash: string }>("seal", file, cellFile);
    const form = new FormData();
    form.set("cell", new Blob([readFileSync(cellFile)]), "form.cell");

    const page = await (
      await fetch(`${test.coalition.gatewayUrl}/tip`, { method: "POST", body: form })
    ).text();

    const [, shown = ""] = /<pre><code>([^<]*)</.exec(page) ?? [];
    const text = shown.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const receipt = decodeReceipt(new TextEncoder().encode(text));
    verifyReceipt(receipt, networkOf(test));
    assert.equal(receipt.cellHash, cellHash);
  });

  it("is sealed only to keys that members signed", async () => {
    const { coalition } = shared();
    const file = join(folder, "other.txt");
    writeFileSync(file, "x");

    const { code, stderr } = await comity(
      ...["tip", "send", file, "--gateway", coalition.gatewayUrl, "--genesis", "00".repeat(32)],
    );

    assert.equal(code, 1);
    assert.match(stderr, /no gateway of the network/);
  });

  it("leaves nothing of its sender, in no file, log, metric or value of the ledger", async () => {
    const test = shared();
    const { gatewayUrl, layout } = test.coalition;
    const word = (): string => `canary${randomBytes(9).toString("hex")}`;
    const [agent, header, name, content, cookie] = [word(), word(), word(), word(), word()];
    const address = "127.83.77.201";
    const headers = {
      "user-agent": agent,
      "x-secret": header,
      "x-forwarded-for": address,
      cookie: `c=${cookie}`,
    };
    const cell = await cellFor(test, content);

    const direct = await postAs(
      `${gatewayUrl}/v1/tips`,
      cell,
      { ...headers, "content-type": "application/octet-stream" },
      address,
    );
    assert.equal(direct.status, 200);
    const form = await postAs(
      `${gatewayUrl}/tip`,
      formOf(await cellFor(test, content), name),
      { ...headers, "content-type": "multipart/form-data; boundary=b" },
      address,
    );
    assert.equal(form.status, 200);
    const bad = await postAs(
      `${gatewayUrl}/v1/tips`,
      cell.subarray(1),
      { ...headers, "content-type": "application/octet-stream" },
      address,
    );
    assert.equal(bad.status, 400);
    const { cellHash, tipHour } = decodeReceipt(new Uint8Array(direct.body));
    assert.equal(cellHash, cellHashOf(cell));
    await certificateOf(test, cellHash);
    await rootOf(test, tipHour);

    const canaries = [agent, header, name, content, cookie, address];
    const places = [
      ...(await metricsOf(test)),
      ["what processes said", Buffer.from(JSON.stringify(test.events.told))] as const,
      ...filesIn(layout.root),
      ...(await ledgerValues(test)),
    ];
    // A control: the same search finds what is there.
    assert.ok(places.some(([, bytes]) => bytes.includes(Buffer.from(cell.subarray(100, 4_000)))));
    for (const canary of canaries) {
      for (const [place, bytes] of places)
        for (const form of formsOf(canary)) assert.ok(!bytes.includes(form), `${canary} in ${place}`);
    }
  });

  it("has no twin in time: no file of it is older than the end of its hour", async () => {
    const test = shared();
    const answer = await post(test, await cellFor(test, "when?"));
    const { tipHour, cellHash } = decodeReceipt(new Uint8Array(answer.body));
    await rootOf(test, tipHour);

    // Each node ends the hour by itself.
    await eventually("all its files are written anew", () => {
      const files = filesIn(test.coalition.layout.root).map(([path]) => path);
      const named = files.filter((path) => path.includes(cellHash));
      const areSealed = named.every((path) => path.includes(`/sealed/${tipHour}/`));
      return named.length > 0 && areSealed ? true : undefined;
    });
  });
});

type Place = readonly [where: string, bytes: Buffer];

function formOf(cell: Uint8Array, name: string): Buffer {
  const head = `--b\r\ncontent-disposition: form-data; name="cell"; filename="${name}"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), cell, Buffer.from("\r\n--b--\r\n")]);
}

function formsOf(canary: string): Buffer[] {
  const bytes = Buffer.from(canary);
  const encoded = [bytes.toString("hex"), bytes.toString("base64").replace(/=+$/, "")];
  return [bytes, ...encoded.map((text) => Buffer.from(text))];
}

async function metricsOf({ coalition, memberIds }: TestCoalition): Promise<Place[]> {
  const urls = [coalition.gatewayUrl, ...memberIds.map((id) => coalition.consoleUrl(id))];
  return Promise.all(
    urls.map(async (url) => [url, Buffer.from(await (await fetch(`${url}/metrics`)).arrayBuffer())] as const),
  );
}

function filesIn(root: string): Place[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() ? [read(path)] : [];
  });
}

/** A file that goes while one looks has been written anew, and its successor is looked at. */
function read(path: string): Place {
  try {
    return [path, readFileSync(path)];
  } catch {
    return [path, Buffer.alloc(0)];
  }
}

/** Every key and value of the ledger, not compressed. */
async function ledgerValues({ coalition, events }: TestCoalition): Promise<Place[]> {
  await coalition.kill("ledger");
  const db = new ClassicLevel<Buffer, Buffer>(coalition.layout.ledger, {
    keyEncoding: "buffer",
    valueEncoding: "buffer",
  });
  const places: Place[] = [];
  try {
    for await (const [key, value] of db.iterator())
      places.push([`ledger ${key.toString("latin1")}`, Buffer.concat([key, value])]);
  } finally {
    await db.close();
    const mark = events.now;
    await coalition.restart("ledger");
    await events.until("the ledger is back", is("ready", "ledger"), mark);
  }
  return places;
}
