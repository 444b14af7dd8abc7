import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../src/config.ts";

const good = {
  ...{ memberId: "xa", dataDir: "data", genesisFile: "genesis.json", identityKeyFile: "identity.pem" },
  ledger: {
    ...{
      channel: "comity",
      chaincode: "comity",
      mspId: "XaMSP",
      certificateFile: "node.pem",
      keyFile: "node-key.pem",
    },
    endpoints: [{ address: "127.0.0.1:7051", tlsRootFile: "root.pem" }],
  },
  gossip: { host: "127.0.0.1", port: 0 },
  intake: {
    host: "127.0.0.1",
    port: 0,
    certificateFile: "tls.pem",
    keyFile: "tls-key.pem",
    clientRootFiles: ["root.pem"],
  },
  console: { host: "127.0.0.1", port: 0 },
};

function problemsOf(config: unknown): readonly string[] {
  try {
    parseConfig(typeof config === "string" ? config : JSON.stringify(config));
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe("the node's configuration", () => {
  it("has its defaults and cannot be changed", () => {
    const config = parseConfig(JSON.stringify(good));

    assert.equal(config.logLevel, "info");
    assert.throws(() => Object.assign(config.ledger, { channel: "other" }), TypeError);
  });

  it("reports every problem at once, with its place", () => {
    const problems = problemsOf({
      ...good,
      genesisFile: undefined,
      memberId: "XA",
      console: { host: "127.0.0.1", port: 70_000 },
    });

    for (const place of ["genesisFile", "memberId", "console.port"]) {
      assert.ok(
        problems.some((problem) => problem.includes(place)),
        `${place} in ${problems.join("; ")}`,
      );
    }
  });

  it("takes IPv4 and IPv6 addresses to gossip on, and no names", () => {
    const withHost = (host: string): unknown => ({ ...good, gossip: { host, port: 0 } });

    for (const host of ["127.0.0.1", "::1"]) assert.deepEqual(problemsOf(withHost(host)), []);
    assert.match(problemsOf(withHost("localhost")).join(), /gossip.host must be an IP address/);
  });

  it("refuses unknown keys, at any depth", () => {
    const problems = problemsOf({ ...good, colour: "red", gossip: { ...good.gossip, fast: true } });

    assert.deepEqual(problems.toSorted(), [
      "colour is not a key of the configuration",
      "gossip.fast is not a key of the configuration",
    ]);
  });

  const rules: [string, unknown, RegExp][] = [
    ["a console that others can reach", { ...good, console: { host: "0.0.0.0", port: 0 } }, /console\.host/],
    ["a tip server that others can reach", { ...good, tips: { host: "0.0.0.0", port: 0 } }, /tips\.host/],
    [
      "a wildcard host without an address to announce",
      { ...good, gossip: { host: "0.0.0.0", port: 0 } },
      /gossip\.announce/,
    ],
    [
      "an empty list of endpoints",
      { ...good, ledger: { ...good.ledger, endpoints: [] } },
      /ledger\.endpoints/,
    ],
    ["what is not JSON", "{", /not JSON/],
    ["what is no object", "[]", /the file/],
  ];
  for (const [what, config, problem] of rules) {
    it(`refuses ${what}`, () => {
      assert.match(problemsOf(config).join("; "), problem);
    });
  }
});
