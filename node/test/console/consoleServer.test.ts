import assert from "node:assert/strict";
import { request } from "node:http";
import { DomainError } from "@comity/protocol";
import { ConsoleServer } from "../../src/console/consoleServer.ts";
import type { ConsoleSources } from "../../src/console/consoleSources.ts";
import type { OfficerRouteDeps } from "../../src/console/officer/officerRoutes.ts";
import { missingOf } from "../../src/console/readiness.ts";
import { fakeNetwork, silentLog } from "../keygen/fakeMember.ts";

const { networkId } = fakeNetwork(4);
const alertId = "ab".repeat(32);

const officer: OfficerRouteDeps = {
  desk: {
    view: () => Promise.reject(new Error("nobody looks")),
    decide: () => Promise.reject(new Error("nobody decides")),
  },
  randomBytes: (count) => new Uint8Array(count),
};

describe("the console", () => {
  const servers: ConsoleServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  /** Asks a console with these sources. */
  async function ask(path: string, sources: Partial<ConsoleSources> = {}): Promise<Response> {
    const all: ConsoleSources = {
      missing: () => Promise.resolve([]),
      status: () => Promise.resolve({ memberId: "xa" }),
      peers: () => [],
      logs: () => [],
      proposals: () => [],
      summaries: () => [],
      equivocations: () => [],
      bundle: () => Promise.resolve(undefined),
      resource: () => Promise.resolve(undefined),
      metrics: () => Promise.resolve({ contentType: "text/plain", text: "figure 1" }),
      ...sources,
    };
    const server = new ConsoleServer(
      { host: "127.0.0.1", port: 0, networkId },
      { sources: all, officer, log: silentLog },
    );
    servers.push(server);
    await server.start();
    return fetch(`http://127.0.0.1:${server.port}${path}`);
  }

  it("is ready only when nothing is missing, and says what is", async () => {
    const missing = await missingOf([
      { code: "LEDGER_UNREACHABLE", isMet: () => Promise.resolve(true), why: () => "" },
      { code: "PEERS_MISSING", isMet: () => false, why: () => "1 is connected, 2 are needed" },
    ]);

    const waiting = await ask("/readyz", { missing: () => Promise.resolve(missing) });

    assert.equal(waiting.status, 503);
    assert.deepEqual(await waiting.json(), {
      ready: false,
      missing: [{ code: "PEERS_MISSING", why: "1 is connected, 2 are needed" }],
    });
    assert.equal((await ask("/readyz")).status, 200);
  });

  it("hands out the exact bytes of a bundle", async () => {
    const response = await ask(`/v1/alerts/${alertId}/bundle`, {
      bundle: () => Promise.resolve(Buffer.from("{bytes}")),
    });

    assert.equal(await response.text(), "{bytes}");
    assert.match(
      response.headers.get("content-disposition") ?? "",
      new RegExp(`alert-${alertId}.comity.json`),
    );
  });

  const refusals: [string, string, number, string, Partial<ConsoleSources>?][] = [
    ["an alert that it does not know", `/v1/alerts/${alertId}/bundle`, 404, "ALERT_UNKNOWN"],
    ["an id that is none", "/v1/alerts/x/bundle", 400, "ID_INVALID"],
    ["a page that is not there", "/v2", 404, "NOT_FOUND"],
    ["a log that it does not hold", "/logs/xa/north/north-1/checkpoint", 404, "NOT_FOUND"],
    ["a log that cannot be", "/logs/XA/north/north-1/checkpoint", 400, "ID_INVALID"],
    [
      "what it cannot gather now",
      `/v1/alerts/${alertId}/bundle`,
      503,
      "EVIDENCE_ABSENT",
      { bundle: () => Promise.reject(new DomainError("EVIDENCE_ABSENT", "nobody has it")) },
    ],
    [
      "what breaks, without a word about why",
      `/v1/alerts/${alertId}/bundle`,
      500,
      "INTERNAL",
      { bundle: () => Promise.reject(new TypeError("secret")) },
    ],
  ];
  for (const [what, path, status, code, sources] of refusals) {
    it(`refuses ${what}`, async () => {
      const response = await ask(path, sources);
      const problem = await response.text();

      assert.equal(response.status, status);
      assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
      assert.equal((JSON.parse(problem) as { code: string }).code, code);
      assert.ok(!problem.includes("secret"));
    });
  }

  const forms: Record<string, [type: string, body: string, status: number]> = {
    "longer than it may be": ["application/x-www-form-urlencoded", "a".repeat(5000), 413],
    "of another type": ["application/xml", "<a/>", 415],
    "that is no JSON": ["application/json", "{", 400],
  };
  for (const [what, [type, body, status]] of Object.entries(forms)) {
    it(`refuses a decision ${what} as the asker's fault, not its own`, async () => {
      const { url } = await ask("/healthz");

      const response = await fetch(new URL("/decisions", url), {
        method: "POST",
        headers: { "content-type": type },
        body,
      });

      assert.equal(response.status, status);
      assert.equal(((await response.json()) as { code: string }).code, "REQUEST_INVALID");
    });
  }

  it("answers nobody who asks for it by another name", async () => {
    const { url } = await ask("/healthz");

    const status = await new Promise((resolve, reject) => {
      const asked = request(url, { headers: { host: "evil.example" } }, (response) =>
        resolve(response.resume().statusCode),
      );
      asked.on("error", reject).end();
    });

    assert.equal(status, 421);
  });

  it("serves the parts of a log under its origin", async () => {
    const asked: string[] = [];
    const resource = (origin: string, path: string) => {
      asked.push(origin, path);
      return Promise.resolve(Buffer.from("tile"));
    };

    const response = await ask("/logs/xa/north/north-1/tile/0/000", { resource });

    assert.equal(await response.text(), "tile");
    assert.deepEqual(asked, [`comity/${networkId}/xa/north/north-1`, "tile/0/000"]);
  });
});
