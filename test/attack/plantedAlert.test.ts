import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Bundle,
  BundleError,
  type BundleErrorCode,
  encodeBundle,
  sha256,
  toHex,
  utf8,
} from "@comity/protocol";
import { fixture } from "../fixture/bundle.ts";
import { comity } from "../system/cli.ts";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { enrolTestSite, type TestSite } from "../system/testSite.ts";
import { Forger } from "./forger.ts";
import { plantAlert } from "./plantedAlert.ts";

type Make = (forger: Forger) => Bundle;

const forgeries: readonly (readonly [what: string, code: BundleErrorCode, make: Make])[] = [
  [
    "what two shares alone interpolate to",
    "BUNDLE_SIGNATURE",
    (forger) => forger.bundle(forger.interpolated(forger.stolen(2)), forger.pretended),
  ],
  [
    "what two shares and a third one of its own make interpolate to",
    "BUNDLE_SIGNATURE",
    (forger) => {
      const third = { index: 3, secretShare: forger.ownShare };
      return forger.bundle(forger.interpolated([...forger.stolen(2), third]), forger.pretended);
    },
  ],
  [
    "its own key's signature under the coalition's own epoch record",
    "BUNDLE_SIGNATURE",
    (forger) => forger.bundle(forger.ownSignature, forger.pretended),
  ],
  [
    "an epoch record of its own that two members vouch for",
    "BUNDLE_EPOCH",
    (forger) => forger.bundle(forger.ownSignature, forger.pretended, forger.ownEpoch(forger.stolen(2))),
  ],
  [
    "an epoch record of its own that two members and a made-up key vouch for",
    "BUNDLE_EPOCH",
    (forger) => forger.bundle(forger.ownSignature, forger.pretended, forger.ownEpoch(forger.pretended)),
  ],
  [
    "an epoch record of its own that one member vouches for in another's place too",
    "BUNDLE_EPOCH",
    (forger) => forger.bundle(forger.ownSignature, forger.repeated, forger.ownEpoch(forger.repeated)),
  ],
  [
    "a first epoch record that its own key signed throughout",
    "BUNDLE_EPOCH",
    (forger) => forger.bundle(forger.ownSignature, forger.own, forger.ownEpoch(forger.own)),
  ],
  [
    "three members' shares, but decisions of only two",
    "BUNDLE_DECISIONS",
    (forger) => forger.bundle(forger.interpolated(forger.stolen(3)), forger.stolen(2)),
  ],
  [
    "three members' shares, but a third decision signed by a made-up key",
    "BUNDLE_DECISIONS",
    (forger) => forger.bundle(forger.interpolated(forger.stolen(3)), forger.pretended),
  ],
  ["a whole coalition of its own", "BUNDLE_GENESIS", () => fixture({ label: "attacker" }).bundle],
];

describe("An attacker with two members' secrets and the ledger's files", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let innocent: TestSite;
  let forger: Forger;

  before(async () => {
    innocent = await enrolTestSite(shared(), { member: 1 });
    forger = await Forger.equip(shared(), innocent);
  });

  function verdictOn(bundle: Bundle): "VALID" | BundleErrorCode {
    try {
      shared().verify(encodeBundle(bundle));
      return "VALID";
    } catch (error) {
      if (error instanceof BundleError) return error.code;
      throw error;
    }
  }

  for (const [what, code, make] of forgeries) {
    it(`convinces no verifier with ${what}`, () => {
      assert.equal(verdictOn(make(forger)), code);
    });
  }

  it("lacks a third member's secrets and nothing else: with these, the same forgery verifies", () => {
    const bundle = forger.bundle(forger.interpolated(forger.stolen(3)), forger.stolen(3));

    assert.equal(verdictOn(bundle), "VALID");
  });

  it("can plant an alert in the ledger, which everybody refuses who verifies it", async () => {
    const { coalition } = shared();
    const [, , make] = forgeries[0] ?? assert.fail();
    const bundle = make(forger);
    const digest = toHex(sha256(utf8("whatever")));

    const { alertId } = await plantAlert(shared(), bundle, digest);
    const listed = await comity("alert", "list", "--json", "--data-dir", coalition.layout.root);
    const file = join(coalition.layout.root, `alert-${alertId}.comity.json`);
    writeFileSync(file, encodeBundle(bundle));
    const verified = await comity("verify", file, "--genesis", coalition.network.genesis, "--json");
    const served = await fetch(`${coalition.gatewayUrl}/v1/alerts/${alertId}/bundle`);

    assert.ok(listed.stdout.includes(alertId), "the ledger itself was deceived");
    assert.equal(verified.code, 1);
    assert.deepEqual(
      { ...(JSON.parse(verified.stdout) as object), reason: "" },
      { valid: false, code: "BUNDLE_SIGNATURE", reason: "" },
    );
    assert.notEqual(served.status, 200);
  });
});
