import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { IntakeClient, IntakeError, type IntakeErrorCode } from "@comity/attester";
import { type Intake, IntakeServer } from "../../src/attestation/index.ts";
import { temporaryFolders } from "../log/fixture.ts";
import { TestHost } from "./fixture.ts";
import {
  attesterAttributes,
  createTestAuthority,
  createTestTlsAuthority,
  issue,
  issueServer,
  writeAttester,
} from "./tls.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const { signal } = new AbortController();

describe("an attester's client", function () {
  this.timeout(60_000); // It waits for handshakes.
  const folders = temporaryFolders();
  let server: Server;
  let answer: Answer;
  let client: IntakeClient;

  before(async () => {
    const [authority, tlsAuthority] = [await createTestAuthority(), await createTestTlsAuthority()];
    const { certificate: cert, key } = await issueServer(tlsAuthority);
    server = createServer({ cert, key }, (request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clock = { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 };
    const hosts = [new TestHost("alice")];
    const settings = { clock, intake: { url } };
    const { config } = await writeAttester(
      await folders.make(),
      { authority, tlsAuthority },
      hosts,
      settings,
    );
    client = new IntakeClient(config);
  });
  after(async () => {
    client.close();
    server.close();
    server.closeAllConnections();
    await folders.removeAll();
  });

  const status =
    (code: number, body = ""): Answer =>
    (_, response) =>
      void response.writeHead(code).end(body);
  const cases: Record<IntakeErrorCode, [what: string, answer: Answer]> = {
    INTAKE_UNREACHABLE: ["a connection that breaks off", (request) => void request.socket.destroy()],
    INTAKE_BUSY: ["status 503", status(503)],
    INTAKE_REFUSED: ["status 403", status(403)],
    INTAKE_UNKNOWN_HOST: ["status 404", status(404)],
    INTAKE_ANSWER: ["what is not the answer of a node", status(200, "{}")],
  };
  for (const [code, [what, given]] of Object.entries(cases)) {
    it(`takes ${what} for ${code}`, async () => {
      answer = given;

      await assert.rejects(
        client.host("ab".repeat(32), signal),
        (error) => error instanceof IntakeError && error.code === code,
      );
    });
  }

  it("takes an answer that is too long for INTAKE_UNREACHABLE, and comes back when the node says", async () => {
    answer = status(200, "x".repeat(2 * 1024 * 1024));
    await assert.rejects(client.host("ab".repeat(32), signal), { code: "INTAKE_UNREACHABLE" });
    answer = (_, response) => void response.writeHead(503, { "retry-after": "7" }).end();

    await assert.rejects(client.host("ab".repeat(32), signal), { code: "INTAKE_BUSY", retryAfterMs: 7000 });
  });
});

describe("a node with a fault", function () {
  this.timeout(60_000);

  it("answers INTAKE_FAILED, tells its owner why, and nobody else", async () => {
    const [authority, tlsAuthority] = [await createTestAuthority(), await createTestTlsAuthority()];
    const server = await issueServer(tlsAuthority);
    const own = await issue(authority, attesterAttributes);
    const reported: unknown[] = [];
    const fault = new Error("the disk is full");
    const outcomes: string[] = [];
    const intake = {
      counters: { request: (outcome: string) => outcomes.push(outcome) },
      host: () => Promise.reject(fault),
    } as unknown as Intake;
    const node = new IntakeServer(
      { host: "127.0.0.1", port: 0, ...server, clientRoots: [authority.rootCertificatePem] },
      { intake, report: (error) => reported.push(error) },
    );
    const { port } = await node.start();

    const { status, text } = await get(port, tlsAuthority.rootCertificatePem, own);

    await node.stop();
    assert.equal(status, 500);
    assert.equal((JSON.parse(text) as { code: string }).code, "INTAKE_FAILED");
    assert.ok(!text.includes("disk"));
    assert.deepEqual([reported, outcomes], [[fault], ["INTAKE_FAILED"]]);
  });
});

function get(
  port: number,
  ca: string,
  { certificate: cert, key }: { readonly certificate: string; readonly key: string },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const path = `/v1/hosts/${"ab".repeat(32)}`;
    const asked = request({ host: "127.0.0.1", port, path, ca, cert, key, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.once("error", reject);
    asked.end();
  });
}
