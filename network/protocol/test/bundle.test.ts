import assert from "node:assert/strict";
import fc from "fast-check";
import { ed25519 } from "@noble/curves/ed25519.js";
import * as blst from "@chainsafe/blst";
import {
  blstBls,
  type Bundle,
  BundleError,
  claimedGenesis,
  encodeBundle,
  encodeCanonical,
  fromHex,
  genesisId,
  nobleBls,
  statementDigest,
  toHex,
  verifyBundle,
} from "../src/index.ts";
import {
  decide,
  epochRecord,
  genesis,
  groupKey,
  groupSign,
  makeBundle,
  networkId,
  publicKey,
  remembering,
  secret,
  sign,
  signedEpoch,
} from "./fixture.ts";

const bundle = makeBundle();
const bytes = encodeBundle(bundle);
const trust = { genesis: networkId, bls: blstBls(blst) };
const verify = (change: Partial<Bundle>): unknown =>
  verifyBundle(encodeBundle({ ...bundle, ...change }), trust);
const refused = (change: Partial<Bundle>, code: string): void =>
  assert.throws(
    () => verify(change),
    (error) => error instanceof BundleError && error.code === code,
  );

/** A bundle whose statement was changed and signed anew by the group: what only a dishonest quorum could make. */
function resigned(change: Partial<Bundle["statement"]>): Partial<Bundle> {
  const statement = { ...bundle.statement, ...change };
  const digest = statementDigest({ networkId, groupKey, kind: "alert", keyEpoch: 1 }, statement);
  return {
    statement,
    signature: toHex(groupSign(digest)),
    decisions: ["alice", "bob", "dave"].map((name) => decide(name, digest)),
  };
}

describe("bundles", () => {
  it("verify with either BLS library, given the genesis fingerprint", () => {
    for (const bls of [nobleBls, trust.bls]) {
      const verified = verifyBundle(bytes, { genesis: networkId, bls });
      assert.deepEqual(verified.signers, ["alice", "bob", "dave"]);
      assert.deepEqual(verified.statement, bundle.statement);
      assert.equal(verified.entryCount, 6);
    }
  });

  it("say which genesis they claim, without proving it", () =>
    assert.equal(claimedGenesis(bytes), networkId));

  it("are refused under another genesis fingerprint", () => {
    assert.throws(
      () => verifyBundle(bytes, { ...trust, genesis: "00".repeat(32) }),
      (error) => error instanceof BundleError && error.code === "BUNDLE_GENESIS",
    );
  });

  it("are refused in another form than canonical", () => {
    assert.throws(
      () => verifyBundle(Buffer.concat([bytes, Buffer.from("\n")]), trust),
      (error) => error instanceof BundleError && error.code === "BUNDLE_FORM",
    );
  });

  it("are refused when an attacker's own key signed the first epoch record", () => {
    const mallory = secret("mallory");
    const identityKey = toHex(ed25519.getPublicKey(mallory));
    const members = epochRecord.members.map((member) => ({ ...member, identityKey }));
    refused(
      { epochs: [signedEpoch({ ...epochRecord, members }, ["alice", "bob", "carol"])] },
      "BUNDLE_EPOCH",
    );
    const forged = signedEpoch(epochRecord, ["alice", "bob", "carol"]);
    const [first, ...rest] = forged.signatures;
    assert.ok(first);
    refused(
      {
        epochs: [
          {
            ...forged,
            signatures: [{ ...first, signature: toHex(sign("mallory", fromHex("00"))) }, ...rest],
          },
        ],
      },
      "BUNDLE_EPOCH",
    );
  });

  it("are refused with fewer than n − f signatures of the epoch record, or one twice", () => {
    refused({ epochs: [signedEpoch(epochRecord, ["alice", "bob"])] }, "BUNDLE_EPOCH");
    refused({ epochs: [signedEpoch(epochRecord, ["alice", "alice", "bob"])] }, "BUNDLE_EPOCH");
  });

  it("are refused when the whole network is an attacker's, genesis included", () => {
    const other = { ...genesis, name: "other" };
    refused({ genesis: other }, "BUNDLE_GENESIS");
    assert.notEqual(genesisId(encodeCanonical(other)), networkId);
  });

  it("are refused with another signature than the group's", () => {
    refused({ signature: toHex(groupSign(fromHex("ab".repeat(32)))) }, "BUNDLE_SIGNATURE");
    refused({ statement: { ...bundle.statement, flopAtLeast: "1" } }, "BUNDLE_SIGNATURE");
  });

  it("are refused with fewer than t decisions to sign, a member twice, or somebody else's signature", () => {
    refused({ decisions: bundle.decisions.slice(1) }, "BUNDLE_DECISIONS");
    const [first, ...rest] = bundle.decisions;
    assert.ok(first);
    refused({ decisions: [first, first, ...rest] }, "BUNDLE_DECISIONS");
    refused({ decisions: [{ ...first, logPosition: first.logPosition + 1 }, ...rest] }, "BUNDLE_DECISIONS");
  });

  it("are refused with a checkpoint of another tree", () => {
    refused(resigned({ log: { ...bundle.statement.log, root: "11".repeat(32) } }), "BUNDLE_CHECKPOINT");
    refused({ checkpoint: bundle.checkpoint.replace("comity", "comitx") }, "BUNDLE_CHECKPOINT");
  });

  it("are refused with entries missing, out of order, repeated, or of another index", () => {
    const [first, second, ...rest] = bundle.entries;
    assert.ok(first && second);
    refused({ entries: [second, first, ...rest] }, "BUNDLE_EVIDENCE");
    refused({ entries: [first, first, second, ...rest] }, "BUNDLE_EVIDENCE");
    refused({ entries: [{ ...first, proof: second.proof }, second, ...rest] }, "BUNDLE_EVIDENCE");
    refused({ entries: bundle.entries.slice(0, -2) }, "BUNDLE_FIGURES");
  });

  it("are refused with a segment that is twice in the log, even if the group signed the sum", () => {
    refused(makeBundle([0, 1, 2, 2]), "BUNDLE_EVIDENCE");
  });

  it("are refused with host keys that did not sign, or in another order", () => {
    refused({ hosts: bundle.hosts.toReversed() }, "BUNDLE_EVIDENCE");
    refused({ hosts: [...bundle.hosts, "ff".repeat(32)].sort() }, "BUNDLE_EVIDENCE");
    refused({ hosts: [toHex(publicKey("mallory"))] }, "BUNDLE_EVIDENCE");
  });

  it("are refused when the figures do not follow from the evidence, even if the group signed them", () => {
    refused(
      resigned({ flopAtLeast: (BigInt(bundle.statement.flopAtLeast) + 1n).toString() }),
      "BUNDLE_FIGURES",
    );
    refused(resigned({ observed: bundle.statement.window }), "BUNDLE_FIGURES");
  });

  it("are refused with any byte flipped", function () {
    this.timeout(120_000);
    const quick = { ...trust, ...remembering(trust.bls) };
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 7)));
      assert.throws(() => verifyBundle(flipped, quick), BundleError, `byte ${at}`);
    }
  });

  it("throw no other error on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) =>
        assert.throws(() => verifyBundle(random, trust), BundleError),
      ),
    );
  });
});
