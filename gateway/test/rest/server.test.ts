import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { alert, bundleBytes, genesisBytes, networkId } from "../example.ts";
import {
  alertSchema,
  alertSummarySchema,
  coalitionSchema,
  noticeSchema,
  pageOf,
} from "../../src/rest/schemas.ts";
import { type GatewayUnderTest, script, startGatewayUnderTest } from "./gatewayUnderTest.ts";

describe("gateway", () => {
  let gateway: GatewayUnderTest;
  const bundles = new Map<string, Uint8Array>();
  const console = createServer((request, response) => {
    const bundle = bundles.get(request.url ?? "");
    if (bundle) response.end(bundle);
    else if (request.url === "/readyz") response.end("{}");
    else if (request.url === "/v1/status") response.end(JSON.stringify({ ledgerHeight: 31, more: true }));
    else response.writeHead(404).end();
  });
  const bundlePath = `/v1/alerts/${alert.alertId}/bundle`;

  before(async () => {
    await new Promise<void>((resolve) => console.listen(0, "127.0.0.1", resolve));
    const consoleUrl = `http://127.0.0.1:${(console.address() as AddressInfo).port}/`;
    gateway = await startGatewayUnderTest({ consoleUrls: [consoleUrl] });
  });
  after(async () => {
    await gateway.stop();
    console.closeAllConnections();
    console.close();
  });
  afterEach(() => {
    gateway.ledger.script = script;
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(gateway.url + path, { headers });

  it("says at /tip that it takes none, and who does", async () => {
    const response = await get("/tip");

    assert.equal(response.status, 404);
    assert.match(await response.text(), /This gateway takes no tips/);
  });

  const published: readonly (readonly [path: string, schema: TSchema])[] = [
    ["/v1/coalition", coalitionSchema],
    ["/v1/notices", pageOf(noticeSchema)],
    ["/v1/alerts", pageOf(alertSummarySchema)],
    [`/v1/alerts/${alert.alertId}`, alertSchema],
  ];
  for (const [path, schema] of published) {
    it(`answers ${path.replace(alert.alertId, "{id}")} in the form that it publishes`, async () => {
      const response = await get(path);

      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      assert.deepEqual(Value.Errors(schema, await response.json()), []);
    });
  }

  it("reports a node as it finds it", async () => {
    const coalition = (await (await get("/v1/coalition")).json()) as {
      ledgerHeight: string;
      members: { node: object }[];
    };

    assert.equal(coalition.ledgerHeight, "31");
    assert.deepEqual(coalition.members[0]?.node, { state: "ready", ledgerHeight: "31" });
  });

  it("names in every answer the block as of which it is", async () => {
    for (const path of ["/v1/coalition", "/v1/notices", "/v1/alerts", `/v1/alerts/${alert.alertId}`]) {
      assert.equal(((await (await get(path)).json()) as { height: number }).height, 2, path);
    }
  });

  it("serves a bundle byte for byte, as a file with its name", async () => {
    bundles.set(bundlePath, bundleBytes);

    const response = await get(bundlePath);

    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bundleBytes);
    assert.equal(
      response.headers.get("content-disposition"),
      `attachment; filename="alert-${alert.alertId}.comity.json"`,
    );
  });

  it("does not serve a bundle that does not verify, or that no node has", async () => {
    const other = `/v1/alerts/${"cd".repeat(32)}/bundle`;
    assert.equal(((await (await get(other)).json()) as { code: string }).code, "BUNDLE_NOT_FOUND");

    bundles.set(other, bundleBytes);
    assert.equal(((await (await get(other)).json()) as { code: string }).code, "BUNDLE_UNVERIFIED");
  });

  it("serves the genesis record byte for byte", async () => {
    const response = await get("/v1/genesis");

    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), genesisBytes);
    assert.match(response.headers.get("content-disposition") ?? "", new RegExp(networkId));
  });

  it("answers 304 to a visitor who has the very bytes, and 200 to one who has others", async () => {
    for (const path of ["/v1/alerts", "/v1/genesis"]) {
      const etag = (await get(path)).headers.get("etag") ?? "";
      assert.match(etag, /^"[\w-]{43}"$/);

      const again = await get(path, { "if-none-match": `"x", W/${etag}` });
      assert.deepEqual([again.status, await again.text(), again.headers.get("etag")], [304, "", etag]);
      assert.equal((await get(path, { "if-none-match": '"x"' })).status, 200);
    }
  });

  it("gives the same bytes another ETag once the answer changes", async () => {
    const before = (await get("/v1/coalition")).headers.get("etag");
    gateway.ledger.script = { ...script, "coalition:ReadEpochs": () => ({ epochs: [] }) };

    assert.notEqual((await get("/v1/coalition")).headers.get("etag"), before);
  });

  it("locks the page down: own scripts and styles only, no frames, no cookies", async () => {
    const response = await get("/");

    assert.equal(response.status, 200);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|http/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.deepEqual(response.headers.getSetCookie(), []);
  });

  it("serves the page's files and nothing above them", async () => {
    for (const path of ["/page.js", "/verifier.js", "/style.css", "/icon.svg"]) {
      assert.equal((await get(path)).status, 200, path);
    }
    for (const path of ["/..%2f..%2fpackage.json", "/%2e%2e/%2e%2e/package.json", "/src/index.ts"]) {
      assert.ok([400, 404].includes((await get(path)).status), path);
    }
  });

  it("describes its routes in OpenAPI 3.1, errors included", async () => {
    const description = (await (await get("/openapi.json")).json()) as {
      openapi: string;
      paths: Record<string, { get: { responses: Record<string, object> } }>;
    };

    assert.equal(description.openapi, "3.1.0");
    assert.deepEqual(Object.keys(description.paths).sort(), [
      "/v1/alerts",
      "/v1/alerts/{alertId}",
      "/v1/alerts/{alertId}/bundle",
      "/v1/bonds",
      "/v1/bonds/{bondId}",
      "/v1/bonds/{bondId}/bundle",
      "/v1/coalition",
      "/v1/digests/{registry}",
      "/v1/digests/{registry}/entries",
      "/v1/genesis",
      "/v1/notices",
      "/v1/venues",
      "/v1/venues/entities.ftm.json",
      "/v1/venues/targets.simple.csv",
      "/v1/venues/{venueId}",
      "/v1/venues/{venueId}/bundle",
    ]);
    for (const path of Object.values(description.paths)) {
      assert.match(JSON.stringify(path.get.responses["default"]), /application\/problem\+json/);
    }
  });

  it("is healthy without its ledger, and ready only with it", async () => {
    assert.equal((await get("/readyz")).status, 200);

    gateway.ledger.script = {};

    assert.equal((await get("/healthz")).status, 200);
    assert.ok((await get("/readyz")).status >= 500);
  });

  it("is not ready on the ledger of another network", async () => {
    const register = script["coalition:ReadRegister"]?.() as object;
    gateway.ledger.script = { "coalition:ReadRegister": () => ({ ...register, networkId: "00".repeat(32) }) };

    assert.equal(((await (await get("/readyz")).json()) as { code: string }).code, "LEDGER_NETWORK");
  });

  it("counts requests by route, never by what visitors wrote", async () => {
    await get("/v1/alerts?limit=3");
    await get("/somewhere-else");

    const metrics = await (await get("/metrics")).text();

    assert.match(metrics, /comity_gateway_request_seconds_count\{route="\/v1\/alerts",status="200"\}/);
    assert.match(metrics, /comity_gateway_node_bundles_total\{outcome="verified"\}/);
    assert.doesNotMatch(metrics, /somewhere-else|limit=3/);
  });

  it("answers HEAD with what GET would, without the body", async () => {
    const head = await fetch(`${gateway.url}/v1/alerts`, { method: "HEAD" });

    assert.equal(head.headers.get("etag"), (await get("/v1/alerts")).headers.get("etag"));
    assert.equal(await head.text(), "");
  });
});
