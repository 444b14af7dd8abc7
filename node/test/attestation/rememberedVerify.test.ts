import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { utf8 } from "@comity/protocol";
import { createEd25519Verify } from "../../src/attestation/ed25519.ts";
import { rememberedVerify } from "../../src/attestation/rememberedVerify.ts";

describe("rememberedVerify", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  const signed = (message: Uint8Array): Uint8Array => new Uint8Array(sign(null, message, privateKey));
  const plain = createEd25519Verify({ maxKeys: 4 });
  let asked = 0;

  function remembered(maxAccepted: number) {
    asked = 0;
    return rememberedVerify(
      (...input) => {
        asked += 1;
        return plain(...input);
      },
      { maxAccepted },
    );
  }

  it("checks what it accepts once, and what it refuses each time", () => {
    const verify = remembered(8);
    const message = utf8("evidence");
    const signature = signed(message);

    assert.deepEqual(
      [verify(key, message, signature), verify(key, message, signature), asked],
      [true, true, 1],
    );
    const forged = utf8("evidencf");
    assert.deepEqual(
      [verify(key, forged, signature), verify(key, forged, signature), asked],
      [false, false, 3],
    );
  });

  it("keeps to its limit and gives up the oldest", () => {
    const verify = remembered(2);
    const messages = ["one", "two", "three"].map(utf8);
    for (const message of messages) verify(key, message, signed(message));

    verify(key, utf8("three"), signed(utf8("three")));
    assert.equal(asked, 3);
    verify(key, utf8("one"), signed(utf8("one")));
    assert.equal(asked, 4);
  });

  it("gives the verdict of what it remembers for, however key, signature and message are cut or changed", () => {
    const verify = remembered(64);
    const message = utf8("evidence of a day");
    const signature = signed(message);
    verify(key, message, signature);
    const bytes = [key, signature, message];

    fc.assert(
      fc.property(fc.nat(2), fc.nat(63), fc.nat(7), fc.boolean(), (part, at, bit, isCut) => {
        const changed = bytes.map((one, index) => {
          if (index !== part) return one;
          return isCut
            ? one.subarray(1)
            : one.map((byte, i) => (i === at % one.length ? byte ^ (1 << bit) : byte));
        });
        const [k = key, s = signature, m = message] = changed;
        assert.equal(verify(k, m, s), plain(k, m, s));
      }),
    );
  });
});
