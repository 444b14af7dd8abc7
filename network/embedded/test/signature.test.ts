import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { order, signBytes, verifySignature } from "../src/identity/signature.ts";

describe("Signatures", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ed = generateKeyPairSync("ed25519");

  it("verify for the data and key that they were made with, with a low S", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
        for (const keys of [ec, ed]) {
          const signature = signBytes(keys.privateKey, data);
          assert.equal(verifySignature(keys.publicKey, data, signature), true);
          assert.equal(
            verifySignature(keys.publicKey, Buffer.concat([data, Buffer.from("x")]), signature),
            false,
          );
        }
        const der = signBytes(ec.privateKey, data);
        const s = BigInt(`0x${der.subarray(4 + der[3]! + 2).toString("hex")}`);
        assert.ok(s <= order >> 1n);
      }),
      { numRuns: 100 },
    );
  });

  it("are refused with a high S although OpenSSL accepts them", () => {
    const data = Buffer.from("data");
    let refused = 0;
    for (let i = 0; i < 40; i++) {
      const signature = sign("sha256", data, ec.privateKey);
      const s = BigInt(`0x${signature.subarray(4 + signature[3]! + 2).toString("hex")}`);
      const isHigh = s > order >> 1n;
      assert.equal(verifySignature(ec.publicKey, data, signature), !isHigh);
      if (isHigh) refused++;
    }
    assert.ok(refused > 0);
  });

  it("never throw, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (signature) => {
        assert.equal(verifySignature(ec.publicKey, Buffer.from("data"), signature), false);
        assert.equal(verifySignature(ed.publicKey, Buffer.from("data"), signature), false);
      }),
    );
  });

  it("are refused when a bit is flipped", () => {
    const data = Buffer.from("data");
    for (const keys of [ec, ed]) {
      const signature = signBytes(keys.privateKey, data);
      for (let bit = 0; bit < signature.length * 8; bit++) {
        const flipped = Buffer.from(signature);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        assert.equal(verifySignature(keys.publicKey, data, flipped), false);
      }
    }
  });
});
