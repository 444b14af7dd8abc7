import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../src/index.ts";

const networkId = "ab".repeat(32);
const accelerators = [{ serial: "A-1", model: "NVIDIA L4" }];
const good = {
  origin: `comity/${networkId}/aa/operator/site-one`,
  networkId,
  clock: { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 },
  intake: { url: "https://127.0.0.1:8443" },
  tls: { certificateFile: "c.pem", keyFile: "k.pem", rootFile: "r.pem" },
  hosts: [{ hostId: "cd".repeat(32), keyFile: "h.pem", accelerators }],
  trace: {
    kind: "profile",
    seed: "s",
    phases: [{ fromPolicyMs: 0, utilisationBasisPoints: 5000, kernelMix: { matmul: 1 } }],
  },
  spoolDir: "spool",
};

describe("parseConfig", () => {
  it("fills in what was left out, and freezes", () => {
    const config = parseConfig(JSON.stringify(good));

    assert.equal(config.recordIntervalMs, 14_400_000);
    assert.equal(config.segmentIntervalMs, 86_400_000);
    assert.deepEqual(config.faults, []);
    assert.ok(Object.isFrozen(config));
  });

  it("reports all problems at once", () => {
    const bad = { ...good, networkId: "x", intake: { url: "http://plain" }, spoolMaxBytes: 1 };

    assert.throws(
      () => parseConfig(JSON.stringify(bad)),
      ({ message }: ConfigError) =>
        ["networkId", "intake.url", "spoolMaxBytes"].every((key) => message.includes(key)),
    );
  });

  for (const [name, changed] of [
    ["an unknown key", { colour: "red" }],
    ["an origin of another network", { origin: `comity/${"cd".repeat(32)}/aa/operator/site-one` }],
    ["a segment that is not whole records", { recordIntervalMs: 5 * 3_600_000 }],
    ["more records than a segment holds", { recordIntervalMs: 1000 }],
    ["one host twice", { hosts: [...good.hosts, ...good.hosts] }],
    [
      "an accelerator that is in no table",
      { hosts: [{ ...good.hosts[0], accelerators: [{ serial: "A", model: "Abacus" }] }] },
    ],
    [
      "a mix without weights",
      { trace: { ...good.trace, phases: [{ ...good.trace.phases[0], kernelMix: {} }] } },
    ],
    [
      "phases out of order",
      { trace: { ...good.trace, phases: [...good.trace.phases, ...good.trace.phases] } },
    ],
    ["an end before the start", { startPolicyMs: 2, endPolicyMs: 2 }],
    ["a fault that is none", { faults: ["SEGMENT_LOST"] }],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parseConfig(JSON.stringify({ ...good, ...changed })), { code: "CONFIG_INVALID" });
    });
  }

  it("refuses what is no JSON object", () => {
    for (const text of ["", "[]", "null", "{"]) assert.throws(() => parseConfig(text), ConfigError);
  });
});
