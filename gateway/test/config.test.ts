import assert from "node:assert/strict";
import { ConfigError, parseConfig, readConfig } from "../src/config.ts";

const valid = {
  port: 0,
  ledger: {
    channel: "comity",
    chaincode: "comity",
    endpoints: [{ address: "127.0.0.1:7051", tlsRootFile: "tls.pem" }],
    mspId: "AldervaleMSP",
    certificateFile: "gateway.pem",
    keyFile: "gateway.key",
  },
  nodes: [{ memberId: "aa", consoleUrl: "http://127.0.0.1:9001" }],
  genesisFile: "genesis.json",
  dataDir: "gateway",
};

const refusal = (value: unknown): string => {
  try {
    parseConfig(typeof value === "string" ? value : JSON.stringify(value));
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.code, "CONFIG_INVALID");
    return error.message;
  }
  return assert.fail("the configuration was accepted");
};

describe("configuration", () => {
  it("fills in loopback and a log level, and is frozen to the bottom", () => {
    const config = parseConfig(JSON.stringify(valid));

    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.logLevel, "info");
    assert.ok(Object.isFrozen(config.ledger.endpoints[0]));
  });

  it("takes tips only with everything that receipts need", () => {
    const tips = {
      ...{ memberId: "aa", nodeUrl: "http://127.0.0.1:9002", receiptKeyFile: "receipt.pem" },
      keySignature: "ab".repeat(64),
    };

    assert.deepEqual(parseConfig(JSON.stringify({ ...valid, tips })).tips, tips);
    assert.match(refusal({ ...valid, tips: { ...tips, keySignature: "ab" } }), /tips\.keySignature/);
    assert.match(refusal({ ...valid, tips: { memberId: "aa" } }), /receiptKeyFile/);
  });

  it("names all problems at once", () => {
    const message = refusal({ ...valid, port: 70_000, nodes: [{ memberId: "AA" }], genesisFile: "" });

    for (const part of ["port", "nodes.0.memberId", "consoleUrl", "genesisFile"])
      assert.ok(message.includes(part), part);
  });

  it("refuses keys that it does not know, at any depth", () => {
    assert.match(refusal({ ...valid, prot: 1 }), /prot/);
    assert.match(refusal({ ...valid, ledger: { ...valid.ledger, password: "x" } }), /ledger .*password/);
  });

  it("refuses two consoles of one member", () => {
    assert.match(refusal({ ...valid, nodes: [valid.nodes[0], valid.nodes[0]] }), /member aa twice/);
  });

  it("refuses what is not JSON, or cannot be read", () => {
    assert.match(refusal("{"), /not JSON/);
    assert.throws(() => readConfig("/nowhere/config.json"), { code: "CONFIG_INVALID" });
  });
});
