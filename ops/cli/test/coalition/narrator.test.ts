import assert from "node:assert/strict";
import { Narrator } from "../../src/coalition/narrator.ts";

describe("Narrator", () => {
  it("names whose process it is", () => {
    const narrator = new Narrator();

    assert.equal(narrator.tell("node-xa", { event: "ready" }), "Aldermark's node is up.");
    assert.equal(narrator.tell("gateway", { event: "ready" }), "The gateway is up.");
    assert.match(narrator.tell("attester-quarry", { event: "unreachable" }) ?? "", /^The attester of quarry/);
  });

  it("says once what every node reports", () => {
    const narrator = new Narrator();
    const event = { event: "key-active", keyEpoch: 1 };

    assert.match(narrator.tell("node-xa", event) ?? "", /epoch 1/);
    assert.equal(narrator.tell("node-xb", event), undefined);
  });

  it("says why a process died and whether it comes back", () => {
    const narrator = new Narrator();
    const died = { event: "process-died", code: null, signal: "SIGKILL" };

    assert.match(narrator.tell("node-xb", { ...died, willRestart: true }) ?? "", /SIGKILL.*started again/);
    assert.match(narrator.tell("node-xb", { ...died, willRestart: false }) ?? "", /not started again/);
  });

  it("says which process stands still", () => {
    const sentence = new Narrator().tell("orderer-xd", { event: "process-stuck" });

    assert.match(sentence ?? "", /^Dunholm's orderer .* stands still .* started again\.$/);
  });

  it("tells the first alert about a site step by step, and of those after it only that they replace it", () => {
    const narrator = new Narrator();
    const round = (digest: string, alertId: string): (string | undefined)[] => [
      narrator.tell("node-xa", { event: "alert-proposed", digest, subject: { siteId: "quarry" } }),
      narrator.tell("node-xb", { event: "decision-sent", digest, decision: "sign" }),
      narrator.tell("node-xb", { event: "alert-signed", digest, alertId }),
      narrator.tell("node-xa", { event: "alert-filed", alertId }),
      narrator.tell("node-xb", { event: "alert-filed", alertId }),
    ];

    const first = round("d1", "a1");
    const second = round("d2", "a2");

    assert.deepEqual(
      first.map((sentence) => sentence !== undefined),
      [true, true, true, true, false],
    );
    assert.deepEqual(
      second.map((sentence) => sentence !== undefined),
      [false, false, false, true, false],
    );
    assert.match(second[3] ?? "", /replaces the one before/);
  });

  it("keeps silent about what it does not know", () => {
    assert.equal(new Narrator().tell("node-xa", { event: "toString" }), undefined);
    assert.equal(new Narrator().tell("node-xa", { event: "news" }), undefined);
  });
});
