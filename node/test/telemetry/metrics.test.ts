import assert from "node:assert/strict";
import { IntakeCounters } from "../../src/attestation/intakeCounters.ts";
import { createMetrics, type MetricSources } from "../../src/telemetry/metrics.ts";

function sources(change: Partial<MetricSources> = {}): MetricSources {
  return {
    view: { height: () => 7n, unread: () => ({ forMs: 1500 }), currentEpoch: () => undefined },
    network: { peers: () => [], verdicts: () => [] },
    cosigner: { status: () => [] },
    duties: { status: () => [] },
    logs: { list: () => [], fullestMirror: 0.25 },
    replicator: { waiting: 3 },
    intake: { queuedBytes: 0, counters: new IntakeCounters() },
    ...change,
  };
}

describe("the metrics", () => {
  it("count requests and segments of the intake by outcome, and records", async () => {
    const counters = new IntakeCounters();
    counters.accepted(40);
    counters.accepted(2);
    counters.refused("SEGMENT_SHORT");
    counters.request("ANSWERED");
    counters.request("INTAKE_BUSY");
    const registry = createMetrics(sources({ intake: { queuedBytes: 0, counters } }));

    for (const reading of [await registry.metrics(), await registry.metrics()]) {
      assert.match(reading, /^comity_intake_segments_total\{outcome="accepted"\} 2$/m);
      assert.match(reading, /^comity_intake_segments_total\{outcome="SEGMENT_SHORT"\} 1$/m);
      assert.match(reading, /^comity_intake_requests_total\{outcome="INTAKE_BUSY"\} 1$/m);
      assert.match(reading, /^comity_intake_requests_total\{outcome="SITE_UNKNOWN"\} 0$/m);
      assert.match(reading, /^comity_intake_records_total 42$/m);
    }
  });

  it("say for how long a block could not be read", async () => {
    assert.match(await createMetrics(sources()).metrics(), /^comity_ledger_unread_seconds 1.5$/m);
  });

  it("say how near the fullest mirror is to its quota", async () => {
    assert.match(await createMetrics(sources()).metrics(), /^comity_mirror_fullest_ratio 0.25$/m);
  });

  it("say how many batches wait for copies on other nodes", async () => {
    assert.match(await createMetrics(sources()).metrics(), /^comity_unreplicated_batches 3$/m);
  });
});
