import assert from "node:assert/strict";
import * as blst from "@chainsafe/blst";
import * as second from "@noble/bls12-381";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256, utf8 } from "../../src/bytes.ts";
import { BLS_CIPHERSUITE, blstBls, nobleBls } from "../../src/bls/index.ts";
import { malformed, offSubgroupG1, offSubgroupG2 } from "./malformed.ts";

const secret = blst.SecretKey.fromKeygen(sha256(utf8("alice")));
const key = secret.toPublicKey().toBytes(true);
const message = sha256(utf8("statement"));
const signature = secret.sign(message).toBytes(true);
const verifiers = { noble: nobleBls, blst: blstBls(blst) };

const wrongKeys: [string, Uint8Array][] = [
  ...malformed(key, 150),
  ...offSubgroupG1(40).map((bytes): [string, Uint8Array] => ["off the subgroup", bytes]),
  ["uncompressed", secret.toPublicKey().toBytes(false)],
];
const wrongSignatures: [string, Uint8Array][] = [
  ...malformed(signature, 50),
  ...offSubgroupG2(20).map((bytes): [string, Uint8Array] => ["off the subgroup", bytes]),
  ["uncompressed", secret.sign(message).toBytes(false)],
];

for (const [name, bls] of Object.entries(verifiers)) {
  describe(`${name} as BlsVerifier`, () => {
    it("accepts a good signature", () => {
      assert.equal(bls.verify(key, message, signature), true);
      assert.equal(bls.isPublicKey(key), true);
      assert.equal(bls.isSignature(signature), true);
    });

    it("refuses another message, another key and another signature", () => {
      const other = blst.SecretKey.fromKeygen(sha256(utf8("bob")));

      assert.equal(bls.verify(key, sha256(message), signature), false);
      assert.equal(bls.verify(other.toPublicKey().toBytes(true), message, signature), false);
      assert.equal(bls.verify(key, message, other.sign(message).toBytes(true)), false);
    });

    it("refuses the negated key and the negated signature, which are good points", () => {
      const flip = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, i) => (i === 0 ? byte ^ 0x20 : byte));

      assert.equal(bls.isPublicKey(flip(key)), true);
      assert.equal(bls.isSignature(flip(signature)), true);
      assert.equal(bls.verify(flip(key), message, signature), false);
      assert.equal(bls.verify(key, message, flip(signature)), false);
    });

    it("takes messages of any length", () => {
      for (const text of [new Uint8Array(0), new Uint8Array(1), new Uint8Array(1_000)]) {
        assert.equal(bls.verify(key, text, secret.sign(text).toBytes(true)), true);
        assert.equal(bls.verify(key, text, signature), false);
      }
    });

    it("refuses a signature under the ciphersuite without proof of possession", () => {
      const { longSignatures } = bls12_381;
      const basic = longSignatures.sign(longSignatures.hash(message), secret.toBytes());

      assert.equal(bls.verify(key, message, longSignatures.Signature.toBytes(basic)), false);
    });
  });
}

describe("BlsVerifier", function () {
  this.timeout(20_000); // two libraries over 1,600 encodings

  it("is tried on more than a thousand malformed encodings", () => {
    assert.ok(wrongKeys.length + wrongSignatures.length > 1_000);
  });

  it("refuses malformed keys whichever library decides", () => {
    for (const [name, bytes] of wrongKeys) {
      for (const bls of Object.values(verifiers)) assert.equal(bls.isPublicKey(bytes), false, name);
      assert.equal(verifiers.blst.verify(bytes, message, signature), false, name);
    }
  });

  it("refuses malformed signatures whichever library decides", () => {
    for (const [name, bytes] of wrongSignatures) {
      for (const bls of Object.values(verifiers)) assert.equal(bls.isSignature(bytes), false, name);
      assert.equal(verifiers.blst.verify(key, message, bytes), false, name);
    }
  });

  it("answers no, and throws nothing, when it is asked to verify with malformed points", () => {
    const every = <T>(items: T[]) => items.filter((_, position) => position % 9 === 0);

    for (const [name, bytes] of every(wrongKeys)) {
      assert.equal(verifiers.noble.verify(bytes, message, signature), false, name);
    }
    for (const [name, bytes] of every(wrongSignatures)) {
      assert.equal(verifiers.noble.verify(key, message, bytes), false, name);
    }
  });

  it("accepts what a third library accepts", async () => {
    const label = second.utils.getDSTLabel();
    second.utils.setDSTLabel(BLS_CIPHERSUITE);
    try {
      assert.equal(await second.verify(signature, message, key), true);
      assert.equal(await second.verify(signature, sha256(message), key), false);
    } finally {
      second.utils.setDSTLabel(label);
    }
  });
});
