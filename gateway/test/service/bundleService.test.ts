import assert from "node:assert/strict";
import { type BundleOutcome, BundleService } from "../../src/service/bundleService.ts";
import type { NodeConsole } from "../../src/service/nodeConsole.ts";
import { alert, bundleBytes, networkId } from "../example.ts";

type BundleAnswer = Awaited<ReturnType<NodeConsole["bundle"]>>;

const nodeThat = (answer: BundleAnswer | (() => Promise<BundleAnswer>)): NodeConsole => ({
  memberId: "aa",
  status: () => Promise.resolve({ state: "ready" }),
  bundle: () => (typeof answer === "function" ? answer() : Promise.resolve(answer)),
});

const tampered = (): Uint8Array => {
  const text = new TextDecoder().decode(bundleBytes);
  return new TextEncoder().encode(text.replace(/"signature":"[0-9a-f]/, '"signature":"f'));
};

describe("BundleService", () => {
  let outcomes: BundleOutcome[];
  const service = (
    nodes: NodeConsole[],
    options: { genesis?: string; maxKeptBytes?: number } = {},
  ): BundleService =>
    new BundleService(
      { genesis: networkId, maxKeptBytes: 1_000_000, maxInFlight: 1, ...options },
      { nodes, onAnswer: (outcome) => outcomes.push(outcome) },
    );

  beforeEach(() => {
    outcomes = [];
  });

  it("passes the exact bytes of the first node whose bundle verifies, past nodes that lie, lack it or are away", async () => {
    const nodes = [nodeThat("unreachable"), nodeThat("absent"), nodeThat(tampered()), nodeThat(bundleBytes)];

    assert.deepEqual(await service(nodes).fetch(alert.alertId), bundleBytes);
    assert.deepEqual(outcomes, ["unreachable", "absent", "refused", "verified"]);
  });

  it("asks no node again for a bundle that it holds", async () => {
    const bundles = service([nodeThat(bundleBytes)]);

    await bundles.fetch(alert.alertId);
    await bundles.fetch(alert.alertId);

    assert.deepEqual(outcomes, ["verified"]);
  });

  it("keeps no more bytes than it may", async () => {
    const bundles = service([nodeThat(bundleBytes)], { maxKeptBytes: bundleBytes.length - 1 });

    await bundles.fetch(alert.alertId);
    await bundles.fetch(alert.alertId);

    assert.deepEqual(outcomes, ["verified", "verified"]);
  });

  it("refuses a genuine bundle of another alert", async () => {
    await assert.rejects(service([nodeThat(bundleBytes)]).fetch("00".repeat(32)), {
      code: "BUNDLE_UNVERIFIED",
    });
  });

  it("refuses a genuine bundle of another network", async () => {
    const other = service([nodeThat(bundleBytes)], { genesis: "00".repeat(32) });

    await assert.rejects(other.fetch(alert.alertId), { code: "BUNDLE_UNVERIFIED" });
  });

  it("tells nodes that have nothing from nodes that do not answer", async () => {
    const away = nodeThat("unreachable");

    await assert.rejects(service([away, nodeThat("absent")]).fetch(alert.alertId), {
      code: "BUNDLE_NOT_FOUND",
    });
    await assert.rejects(service([away]).fetch(alert.alertId), { code: "NODES_UNREACHABLE" });
  });

  it("fetches once for all who ask together, and refuses more alerts at once than it may", async () => {
    const { promise, resolve } = Promise.withResolvers<BundleAnswer>();
    const bundles = service([nodeThat(() => promise)]);
    const waiting = [bundles.fetch(alert.alertId), bundles.fetch(alert.alertId)];

    await assert.rejects(bundles.fetch("00".repeat(32)), { code: "GATEWAY_BUSY" });

    resolve(bundleBytes);
    await Promise.all(waiting);
    assert.deepEqual(outcomes, ["verified"]);
  });
});
