import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { alertIdOf, nobleBls, verifyBundle } from "@comity/protocol";
import { verifyListed } from "../src/verification.ts";
import { broken, type BrokenCode, type ListedAlert } from "../src/verdict.ts";

const bytes = new Uint8Array(readFileSync(new URL("../../../test/data/example.bundle", import.meta.url)));
const text = new TextDecoder().decode(bytes);
const networkId = /comity\/([0-9a-f]{64})\//.exec(text)?.[1] ?? "";
const bundle = verifyBundle(bytes, { genesis: networkId, bls: nobleBls });

const listed: ListedAlert = {
  alertId: alertIdOf(bundle.statement),
  keyEpoch: bundle.keyEpoch,
  statement: bundle.statement,
  signature: bundle.signature,
  digest: bundle.digest,
  status: "open",
  filedMs: 1,
};

function codeOf(list: ListedAlert, file: Uint8Array, genesis: string): BrokenCode | "verified" {
  const verdict = verifyListed(list, file, genesis);
  return verdict.isVerified ? "verified" : verdict.code;
}

describe("verifyListed", () => {
  it("gives what the bundle says, and how large it is", () => {
    const verdict = verifyListed(listed, bytes, networkId);

    assert.ok(verdict.isVerified);
    assert.deepEqual(verdict.bundle, bundle);
    assert.equal(verdict.sizeBytes, bytes.length);
  });

  it("gives a verdict that a worker can send", () => {
    const verdict = verifyListed(listed, bytes, networkId);

    assert.deepEqual(structuredClone(verdict), verdict);
  });

  it("refuses another fingerprint than the visitor's", () => {
    assert.equal(codeOf(listed, bytes, "00".repeat(32)), "BUNDLE_GENESIS");
  });

  it("refuses a bundle that was changed", () => {
    const changed = new TextEncoder().encode(text.replace('"height":42', '"height":41'));

    assert.equal(codeOf(listed, changed, networkId), "BUNDLE_SIGNATURE");
    assert.equal(codeOf(listed, new Uint8Array(), networkId), "BUNDLE_FORM");
  });

  const differences: readonly Partial<ListedAlert>[] = [
    { alertId: "00".repeat(32) },
    { statement: { ...bundle.statement, flopAtLeast: "1" } },
    { keyEpoch: 2 },
    { digest: "00".repeat(32) },
    { signature: "00".repeat(96) },
  ];
  for (const difference of differences) {
    it(`refuses a list with another ${Object.keys(difference).join()}`, () => {
      assert.equal(codeOf({ ...listed, ...difference }, bytes, networkId), "LISTING_DIFFERS");
    });
  }

  it("never throws: a check that does not end shows nothing", () => {
    // No decoder lets such a list through; the verdict must not depend on that.
    const unreadable = { ...listed, statement: 1n as unknown as ListedAlert["statement"] };

    assert.deepEqual(
      verifyListed(unreadable, bytes, networkId),
      broken("CHECK_FAILED", "a bigint has no JSON form"),
    );
  });
});
