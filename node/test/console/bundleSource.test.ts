import assert from "node:assert/strict";
import type { AlertDocument, Bundle } from "@comity/protocol";
import { nobleBls, verifyEd25519 } from "@comity/protocol";
import { BundleSource } from "../../src/console/bundleSource.ts";
import { fakeNetwork } from "../keygen/fakeMember.ts";

const { networkId, genesis } = fakeNetwork(4);

function sourceOf(gather: () => Promise<Bundle>): BundleSource {
  const view = { alert: (alertId: string) => (alertId === "known" ? ({} as AlertDocument) : undefined) };
  return new BundleSource(
    { networkId, timeoutMs: 1000 },
    { view, gather, bls: nobleBls, verify: verifyEd25519 },
  );
}

describe("the source of bundles", () => {
  it("has none for an alert that the ledger does not know", async () => {
    assert.equal(await sourceOf(() => assert.fail()).bundle("unknown"), undefined);
  });

  it("hands out none that does not verify, and gathers it anew the next time", async () => {
    let gathered = 0;
    const source = sourceOf(() => {
      gathered += 1;
      return Promise.resolve({ type: "comity/v1/bundle", genesis, epochs: [] } as unknown as Bundle);
    });

    await assert.rejects(source.bundle("known"), { name: "BundleError" });
    await assert.rejects(source.bundle("known"), { name: "BundleError" });
    assert.equal(gathered, 2);
  });
});
