import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { DomainError } from "@comity/protocol";
import { Value } from "typebox/value";
import {
  type ProblemCode,
  problemCodes,
  problemOf as problemOfError,
  type Problem,
  problemSchema,
} from "../../src/rest/errors.ts";
import { ulid } from "../registries.ts";
import { type GatewayUnderTest, script, startGatewayUnderTest } from "./gatewayUnderTest.ts";

interface Case {
  readonly status: number;
  /** How a visitor runs into it: the request, and what is wrong behind the gateway. */
  readonly path: string;
  readonly method?: string;
  readonly ledger?: () => unknown;
}

const fails = (code: string) => () => {
  throw new DomainError(code, "the reason");
};
const anyAlert = `/v1/alerts/${"ab".repeat(32)}`;

/** The compiler asks for every code. Where `path` is empty, the case has a test of its own elsewhere. */
const cases: Readonly<Record<ProblemCode, Case>> = {
  REQUEST_INVALID: { status: 400, path: "/v1/notices?limit=101" },
  REQUEST_TOO_LARGE: { status: 413, path: "" },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, path: "" },
  CURSOR_INVALID: { status: 400, path: "/v1/notices?cursor=a" },
  ROUTE_NOT_FOUND: { status: 404, path: "/v1/nothing" },
  ALERT_UNKNOWN: { status: 404, path: anyAlert },
  BOND_UNKNOWN: { status: 404, path: `/v1/bonds/${ulid("Z")}` },
  VENUE_UNKNOWN: { status: 404, path: `/v1/venues/${ulid("Z")}` },
  DIGEST_UNKNOWN: { status: 404, path: "/v1/digests/bonds" },
  BUNDLE_NOT_FOUND: { status: 404, path: "" },
  METHOD_NOT_ALLOWED: { status: 405, path: "/v1/alerts", method: "POST" },
  GATEWAY_FAILED: { status: 500, path: "/v1/coalition", ledger: fails("SOMETHING_NEW") },
  BUNDLE_UNVERIFIED: { status: 502, path: "" },
  LEDGER_ANSWER_MALFORMED: { status: 502, path: "/v1/coalition", ledger: () => ({ members: "many" }) },
  REGISTRY_DIFFERS: { status: 502, path: "" },
  PROJECTION_BROKEN: { status: 502, path: "" },
  LEDGER_REFUSED: { status: 502, path: "/v1/coalition", ledger: fails("LEDGER_REFUSED") },
  LEDGER_NETWORK: { status: 502, path: "" },
  CALLER_UNKNOWN: { status: 502, path: "/v1/coalition", ledger: fails("CALLER_UNKNOWN") },
  CALLER_ROLE: { status: 502, path: "/v1/coalition", ledger: fails("CALLER_ROLE") },
  LEDGER_UNAVAILABLE: { status: 503, path: "/v1/coalition", ledger: fails("LEDGER_UNAVAILABLE") },
  GENESIS_MISSING: { status: 503, path: "/readyz", ledger: fails("GENESIS_MISSING") },
  PROJECTION_BEHIND: { status: 503, path: "" },
  NODES_UNREACHABLE: { status: 503, path: `${anyAlert}/bundle` },
  GATEWAY_BUSY: { status: 503, path: "" },
  CELL_MALFORMED: { status: 400, path: "" },
  TIP_NETWORK: { status: 400, path: "" },
  TIP_FORM: { status: 400, path: "" },
  TIP_UNKNOWN: { status: 404, path: "" },
  TIP_CERTIFICATE_PENDING: { status: 404, path: "" },
  TIP_HOUR_RUNNING: { status: 404, path: "" },
  TIPS_FULL: { status: 503, path: "" },
};

describe("problem documents", () => {
  let gateway: GatewayUnderTest;

  before(async () => {
    gateway = await startGatewayUnderTest();
  });
  after(() => gateway.stop());
  afterEach(() => {
    gateway.ledger.script = script;
    gateway.logged.length = 0;
  });

  async function problemOf(
    path: string,
    init: RequestInit = {},
  ): Promise<{ response: Response; problem: Problem }> {
    const response = await fetch(gateway.url + path, init);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem: unknown = await response.json();
    assert.ok(Value.Check(problemSchema, problem));
    assert.equal(problem.status, response.status);
    return { response, problem };
  }

  for (const code of problemCodes.filter((candidate) => cases[candidate].path !== "")) {
    it(`answer ${code} with its status and its sentence`, async () => {
      const { status, path, method = "GET", ledger } = cases[code];
      if (ledger)
        gateway.ledger.script = Object.fromEntries(Object.keys(script).map((name) => [name, ledger]));

      const { response, problem } = await problemOf(path, { method });

      assert.deepEqual([problem.code, response.status], [code, status]);
      assert.match(problem.detail, /[.!?]$/);
    });
  }

  it("have one status for each code, wherever it comes from", () => {
    for (const code of problemCodes) {
      assert.equal(problemOfError(new DomainError(code, "the reason")).status, cases[code].status, code);
    }
  });

  it("never show what went wrong inside, and log it instead", async () => {
    gateway.ledger.script = { "coalition:ReadRegister": () => assert.fail("a secret of the inside") };

    const { problem } = await problemOf("/readyz");

    assert.equal(problem.code, "GATEWAY_FAILED");
    assert.doesNotMatch(JSON.stringify(problem), /secret|\.ts|\.js/);
    assert.match(gateway.logged.join(""), /a secret of the inside/);
  });

  it("answer requests that cannot be read", async () => {
    const paths = [
      "/v1/alerts/xyz",
      "/v1/alerts?limit=0",
      "/v1/alerts?limit=a",
      "/v1/alerts?colour=red",
      "/v1/bonds/xyz",
      "/v1/venues/01jd000000000000000000000a",
      "/v1/venues/xyz/bundle",
      "/v1/digests/other",
      "/v1/alerts/%",
    ];
    for (const path of paths) {
      const { problem } = await problemOf(path);
      assert.equal(problem.code, "REQUEST_INVALID", path);
    }
  });

  it("refuse every method that changes things, on every path", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      for (const path of ["/", "/v1/alerts", "/nothing"]) {
        const { response, problem } = await problemOf(path, { method });
        assert.equal(problem.code, "METHOD_NOT_ALLOWED");
        assert.equal(response.headers.get("allow"), "GET, HEAD");
      }
    }
  });

  it("answer what is no HTTP, or too much of it", async () => {
    const { hostname, port } = new URL(gateway.url);
    for (const noise of ["HELO there\r\n\r\n", `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`]) {
      const socket = connect(Number(port), hostname);
      socket.end(noise);
      const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
      assert.match(head, /^HTTP\/1\.1 400 .*application\/problem\+json/s);
      assert.equal((JSON.parse(body) as Problem).code, "REQUEST_INVALID");
    }
  });

  it("say when to come back, where that can help", async () => {
    gateway.ledger.script = { "coalition:ReadRegister": fails("LEDGER_UNAVAILABLE") };

    const { response } = await problemOf("/readyz");

    assert.equal(response.headers.get("retry-after"), "1");
  });

  it("carry the security headers too, and no ETag", async () => {
    const { response } = await problemOf("/nothing");

    assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    assert.equal(response.headers.get("etag"), null);
  });
});
