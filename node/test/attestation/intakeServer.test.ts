import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { request, type RequestOptions } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Authority, TlsAuthority } from "@comity/fabric";
import { DAY_MS, encodeBatch } from "@comity/protocol";
import { attesterOf, IntakeServer } from "../../src/attestation/index.ts";
import { temporaryFolders } from "../log/fixture.ts";
import { FakeClock, identity, startIntake, TestHost, type TestIntake } from "./fixture.ts";
import {
  attesterAttributes,
  createTestAuthority,
  createTestTlsAuthority,
  issue,
  issueServer,
  type Pems,
} from "./tls.ts";

const start = 20_000 * DAY_MS;

describe("the intake server", function () {
  this.timeout(60_000); // It waits for the disk and for handshakes.
  const folders = temporaryFolders();
  const alice = new TestHost("alice", start);
  let authority: Authority;
  let tlsAuthority: TlsAuthority;
  let client: Pems;
  let taking: TestIntake;
  let server: IntakeServer;
  let port: number;
  const reports: unknown[] = [];

  before(async () => {
    authority = await createTestAuthority();
    tlsAuthority = await createTestTlsAuthority();
    client = await issue(authority, attesterAttributes);
    const clock = new FakeClock(start + 100 * DAY_MS);
    taking = await startIntake(await folders.make(), [alice.document], { clock, maxQueuedBytes: 100_000 });
    const own = await issueServer(tlsAuthority);
    const tls = { ...own, clientRoots: [authority.rootCertificatePem] };
    server = new IntakeServer(
      { host: "127.0.0.1", port: 0, handshakeTimeoutMs: 1_000, ...tls },
      { intake: taking.intake, report: (e) => reports.push(e) },
    );
    ({ port } = await server.start());
  });

  after(async () => {
    await server.stop();
    await taking.stop();
    await folders.removeAll();
    assert.deepEqual(reports, []);
  });

  interface Answer {
    readonly status: number;
    readonly retryAfter: string | undefined;
    readonly body: Record<string, unknown>;
  }

  function ask(
    options: RequestOptions,
    body?: Uint8Array | string,
    pems: Partial<Pems> = client,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { certificate: cert, key } = pems;
      const identity = { ca: tlsAuthority.rootCertificatePem, ...(cert && key ? { cert, key } : {}) };
      const outgoing = request(
        { host: "127.0.0.1", port, agent: false, ...identity, ...options },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.once("end", () => {
            const parsed = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
            resolve({
              status: response.statusCode ?? 0,
              retryAfter: response.headers["retry-after"],
              body: parsed,
            });
          });
        },
      );
      outgoing.once("error", reject);
      outgoing.end(body);
    });
  }

  const post = { method: "POST", path: "/v1/segments" };

  it("takes a batch and tells where its host stands", async () => {
    const batch = encodeBatch([alice.next(), alice.next()]);

    const taken = await ask(post, batch);
    const stands = await ask({ path: `/v1/hosts/${alice.chain.hostId}` });

    assert.equal(taken.status, 200);
    assert.deepEqual(taken.body["items"], [
      { status: "accepted", index: 0 },
      { status: "accepted", index: 1 },
    ]);
    assert.equal(stands.body["segmentNumber"], "2");
    assert.equal(stands.body["nonceEpoch"], taken.body["nonceEpoch"]);
  });

  for (const [name, options, body, status, code] of [
    ["an unknown path", { path: "/v1/other" }, undefined, 404, "PATH_UNKNOWN"],
    ["an unknown host", { path: `/v1/hosts/${"ab".repeat(32)}` }, undefined, 404, "HOST_UNKNOWN"],
    ["bytes that are no batch", post, "abc", 400, "BATCH_MALFORMED"],
    [
      "a batch without its length",
      { ...post, headers: { "transfer-encoding": "chunked" } },
      "abc",
      411,
      "LENGTH_REQUIRED",
    ],
    ["too long a batch", { ...post, headers: { "content-length": "4194305" } }, "a", 413, "BATCH_TOO_LARGE"],
  ] as const) {
    it(`answers ${name} with ${code}`, async () => {
      const answer = await ask(options, body);

      assert.deepEqual([answer.status, answer.body["code"]], [status, code]);
    });
  }

  function connected(pems: Pems): TLSSocket {
    const { certificate: cert, key } = pems;
    return connectTls({ host: "127.0.0.1", port, ca: tlsAuthority.rootCertificatePem, cert, key });
  }

  it("closes the connections of a site that are too many, and no other's", async () => {
    const sockets = Array.from({ length: 32 }, () => connected(client));
    try {
      // A client hears of its handshake first; an answer shows that the server has counted it.
      for (const socket of sockets) {
        socket.write("GET /v1/other HTTP/1.1\r\nhost: x\r\n\r\n");
        await once(socket, "data");
      }
      await assert.rejects(ask({ path: "/v1/other" }));

      const other = await issue(authority, { ...attesterAttributes, "comity.site": "site-two" });
      assert.equal((await ask({ path: "/v1/other" }, undefined, other)).status, 404);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await eventually(() => ask({ path: "/v1/other" }));
  });

  it("does not wait long for a client that does not say who it is", async () => {
    const socket = connectTcp({ host: "127.0.0.1", port });
    socket.on("error", () => undefined);

    await once(socket, "close");
  });

  it("says when to come back while as much as fits is in work", async () => {
    const release = taking.intake.admit(identity, 25_000);
    const answer = await ask(post, encodeBatch([]).length === 0 ? "abcd" : "");
    release();

    assert.deepEqual([answer.status, answer.retryAfter, answer.body["code"]], [503, "1", "INTAKE_BUSY"]);
  });

  it("lets nobody in without a certificate, with another authority's or a server's, or below TLS 1.3", async () => {
    const stranger = await issue(await createTestAuthority(), attesterAttributes);

    await assert.rejects(ask(post, "", {}));
    await assert.rejects(ask(post, "", stranger));
    await assert.rejects(ask(post, "", await issueServer(tlsAuthority)));
    await assert.rejects(ask({ ...post, maxVersion: "TLSv1.2" }, ""));
  });

  for (const [name, changed] of [
    ["another role", { "comity.role": "officer" }],
    ["no operator", { "comity.operator": "" }],
    ["a site that is none", { "comity.site": "../site" }],
  ] as const) {
    it(`forbids a certificate with ${name}`, async () => {
      const other = await issue(authority, { ...attesterAttributes, ...changed });

      const answer = await ask(post, "", other);

      assert.deepEqual([answer.status, answer.body["code"]], [403, "CLIENT_FORBIDDEN"]);
    });
  }

  it("forbids an attester of a site that is not the ledger's", async () => {
    const other = await issue(authority, { ...attesterAttributes, "comity.operator": "other-operator" });

    const answer = await ask(post, "", other);

    assert.deepEqual([answer.status, answer.body["code"]], [403, "SITE_UNKNOWN"]);
  });

  it("reads attributes only where an authority puts them", () => {
    const certificate = new X509Certificate(client.certificate);
    const { raw } = certificate;
    const at = raw.indexOf(Buffer.from([0x06, 0x08, 0x2a, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x01]));

    assert.deepEqual(attesterOf(certificate), { operatorId: "operator", siteId: "site-one" });
    for (const place of [0, 1, 3, at, at + 9, at + 12, raw.length]) {
      const changed = Buffer.from(raw.subarray(0, place === raw.length ? place - 1 : place + 1));
      assert.equal(attesterOf({ raw: changed }), undefined);
    }
    const other = Buffer.from(raw);
    other[at + 9] = 2;
    assert.equal(attesterOf({ raw: other }), undefined);
  });
});

/** Asks again until there is an answer: the server hears of a closed connection later than its client. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = await work().catch(() => undefined);
    if (result !== undefined) return result;
  }
}
