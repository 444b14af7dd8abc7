import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { request } from "node:http";
import { networkId as parseNetwork, parseMemberId, tipGatewayBytes, toHex } from "@comity/protocol";
import {
  CELL_BYTES,
  cellHashOf,
  decodeCertificate,
  decodeReceipt,
  proveInHour,
  validateHour,
  verifyReceipt,
} from "@comity/tip";
import { exampleGenesis, networkId } from "../example.ts";
import { cellOf, FakeTipNode, TIP_HOUR } from "../tipNode.ts";
import { type GatewayUnderTest, script, startGatewayUnderTest } from "./gatewayUnderTest.ts";

const raw = (key: KeyObject): string => toHex(key.export({ type: "spki", format: "der" }).subarray(-32));

describe("A gateway that takes tips", function () {
  this.timeout(20_000);
  const node = new FakeTipNode();
  const receipt = generateKeyPairSync("ed25519");
  const identity = generateKeyPairSync("ed25519");
  const memberId = parseMemberId("aa");
  const receiptKey = raw(receipt.publicKey);
  const network = {
    networkId,
    genesis: {
      members: exampleGenesis.members.map((member, position) =>
        position === 0 ? { ...member, memberId, identityKey: raw(identity.publicKey) } : member,
      ),
    },
  };
  let gateway: GatewayUnderTest;

  before(async () => {
    const bytes = tipGatewayBytes(networkId, { memberId, receiptKey });
    const keySignature = toHex(sign(null, bytes, identity.privateKey));
    gateway = await startGatewayUnderTest({
      tips: {
        receiptKeyPem: receipt.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        config: { nodeUrl: await node.start(), keySignature },
      },
    });
    gateway.ledger.script = {
      ...script,
      "bounty:ReadHour": (id, hour) => ({ memberId: id, tipHour: Number(hour), root: null, closed: false }),
      "bounty:ListOfficers": () => ({ items: [], bookmark: "" }),
    };
  });
  after(async () => {
    await gateway.stop();
    node.stop();
  });
  afterEach(() => {
    node.refusal = undefined;
    node.cells.length = 0;
  });

  const post = (body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}/v1/tips`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream", ...headers },
      body: Buffer.from(body),
    });
  const codeOf = async (response: Response): Promise<unknown> =>
    ((await response.json()) as { code: unknown }).code;

  function form(file: Uint8Array, name = "tip.cell"): FormData {
    const data = new FormData();
    data.set("cell", new Blob([Buffer.from(file)]), name);
    return data;
  }
  const sendForm = (body: FormData | string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}/tip`, { method: "POST", body, headers });

  it("answers a cell with a receipt that verifies, once the node has it", async () => {
    const cell = await cellOf("one");

    const answer = await post(cell);

    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const given = decodeReceipt(new Uint8Array(await answer.arrayBuffer()));
    verifyReceipt(given, network);
    assert.deepEqual([given.cellHash, given.tipHour], [cellHashOf(cell), TIP_HOUR]);
    assert.deepEqual(node.cells, [cell]);
  });

  it("gives no receipt for what the node has not stored", async () => {
    node.refusal = { status: 503, code: "TIP_BUSY" };

    assert.equal(await codeOf(await post(await cellOf("one"))), "GATEWAY_BUSY");
  });

  const wrong: Record<string, [body: () => Promise<Uint8Array>, status: number, code: string]> = {
    "a byte too few": [async () => (await cellOf("x")).subarray(1), 400, "CELL_MALFORMED"],
    "a byte too many": [() => Promise.resolve(new Uint8Array(CELL_BYTES + 1)), 413, "REQUEST_TOO_LARGE"],
    "no cell": [() => Promise.resolve(new Uint8Array(CELL_BYTES)), 400, "CELL_MALFORMED"],
    "a cell for another network": [() => cellOf("x", parseNetwork("00".repeat(32))), 400, "TIP_NETWORK"],
  };
  for (const [what, [body, status, code]] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      const answer = await post(await body());

      assert.deepEqual([answer.status, await codeOf(answer)], [status, code]);
      assert.equal(node.cells.length, 0);
    });
  }

  for (const type of ["text/plain", "application/json", "application/x-www-form-urlencoded"]) {
    it(`refuses ${type}, which is no sealed tip whatever it says`, async () => {
      const init = { method: "POST", headers: { "content-type": type }, body: "{}" };
      const answer = await fetch(`${gateway.url}/v1/tips`, init);

      assert.deepEqual([answer.status, await codeOf(answer)], [415, "MEDIA_TYPE_UNSUPPORTED"]);
      assert.equal(node.cells.length, 0);
    });
  }

  const refusals: Record<string, [status: number, code: string]> = {
    TIP_UNKNOWN: [404, "TIP_UNKNOWN"],
    TIP_CERTIFICATE_PENDING: [404, "TIP_CERTIFICATE_PENDING"],
    TIP_HOUR_RUNNING: [404, "TIP_HOUR_RUNNING"],
    TIP_FULL: [503, "TIPS_FULL"],
    INTERNAL: [503, "NODES_UNREACHABLE"],
  };
  for (const [code, [status, expected]] of Object.entries(refusals)) {
    it(`says ${expected} where the node says ${code}`, async () => {
      node.refusal = { status: 404, code };

      const answer = await fetch(`${gateway.url}/v1/tips/${"ab".repeat(32)}/certificate`);

      assert.deepEqual([answer.status, await codeOf(answer)], [status, expected]);
    });
  }

  it("passes certificates on, and each hour's list beside what the ledger says", async () => {
    const cellHash = cellHashOf(await cellOf("one"));
    const certificate = await fetch(`${gateway.url}/v1/tips/${cellHash}/certificate`);
    assert.equal(decodeCertificate(new Uint8Array(await certificate.arrayBuffer())).cellHash, cellHash);

    const cell = await cellOf("two");
    await post(cell);
    const hour = (await (await fetch(`${gateway.url}/v1/tips/hours/${TIP_HOUR}`)).json()) as {
      list: unknown;
      ledger: unknown;
    };

    assert.ok(proveInHour(validateHour(hour.list), cellHashOf(cell)));
    assert.deepEqual(hour.ledger, { root: null, closed: false });
  });

  it("has a form that needs no script and goes nowhere else", async () => {
    const answer = await fetch(`${gateway.url}/tip`);

    const page = await answer.text();
    assert.match(answer.headers.get("content-security-policy") ?? "", /form-action 'self'/);
    assert.doesNotMatch(answer.headers.get("content-security-policy") ?? "", /script-src|unsafe|http/);
    assert.doesNotMatch(page, /<script|onclick|javascript:/i);
    for (const words of ["no relay", "no onion", "no mailbox", "no attachments"])
      assert.ok(page.replaceAll(/\s+/g, " ").includes(words), words);
  });

  it("takes the file of the form, and shows the receipt", async () => {
    const cell = await cellOf("one");

    const answer = await sendForm(form(cell));

    assert.equal(answer.status, 200);
    const [, shown = ""] = /<pre><code>([^<]*)</.exec(await answer.text()) ?? [];
    const text = shown.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const given = decodeReceipt(new TextEncoder().encode(text));
    verifyReceipt(given, network);
    assert.equal(given.cellHash, cellHashOf(cell));
  });

  const badForms: Record<string, () => Promise<Response>> = {
    "no file": () => sendForm("", { "content-type": "multipart/form-data; boundary=x" }),
    "no boundary": () => sendForm("--x\r\n\r\n\r\n--x--", { "content-type": "multipart/form-data" }),
    "a text": () => sendForm(form(new Uint8Array(1000))),
    "more than a cell": () => sendForm(form(new Uint8Array(CELL_BYTES + 9000))),
    "another type": () => sendForm("a=b", { "content-type": "application/x-www-form-urlencoded" }),
  };
  for (const [what, send] of Object.entries(badForms)) {
    it(`answers a form with ${what} by a page that says so`, async () => {
      const answer = await send();

      assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
      assert.match(await answer.text(), /Nothing was stored/);
      assert.equal(node.cells.length, 0);
    });
  }

  it("takes a POST nowhere else", async () => {
    for (const path of ["/v1/tips/officers", "/v1/alerts", "/"]) {
      const answer = await fetch(gateway.url + path, { method: "POST", body: "x" });
      assert.ok([404, 405].includes(answer.status), path);
    }
  });

  it("logs and counts nothing of whoever sends a tip, whether it is taken or not", async () => {
    const canaries = {
      "user-agent": "canary-agent/1",
      "x-forwarded-for": "203.0.113.77",
      cookie: "canary=1",
    };
    const cell = await cellOf("canary text");
    gateway.logged.length = 0;
    const before = await (await fetch(`${gateway.url}/metrics`)).text();

    await post(cell, canaries);
    await sendForm(form(cell, "canary-name.doc"), canaries);
    node.refusal = { status: 503, code: "INTERNAL" };
    await post(cell, canaries);
    await sendForm(form(cell, "canary-name.doc"), canaries);
    await post(cell.subarray(1), canaries);
    await abandon(`${gateway.url}/v1/tips`, canaries);

    assert.deepEqual(gateway.logged, []);
    const requests = (text: string): string[] =>
      text.split("\n").filter((line) => line.startsWith("comity_gateway_request_seconds"));
    const after = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.deepEqual(
      requests(after).filter((line) => /tip/.test(line)),
      [],
    );
    assert.doesNotMatch(before + after, /canary|203\.0\.113/);
  });
});

/** Begins to send a tip and goes away. */
function abandon(url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/octet-stream", "content-length": CELL_BYTES },
    });
    sent.on("error", () => resolve());
    sent.write(Buffer.alloc(1000), () => sent.destroy());
    sent.on("close", () => resolve());
  });
}
