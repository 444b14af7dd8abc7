import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import fc from "fast-check";
import { p256 } from "@noble/curves/nist.js";
import { nativeSigner } from "../src/nativeSigner.ts";

describe("nativeSigner", () => {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signatureOf = (message: Uint8Array, key: KeyObject = keys.privateKey): Promise<Uint8Array> =>
    nativeSigner(key)(message);

  it("signs with P-256 so that OpenSSL accepts it, always with a low S", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (message) => {
        const signature = await signatureOf(message);

        assert.ok(verify("sha256", message, keys.publicKey, signature));
        assert.ok(!p256.Signature.fromBytes(signature, "der").hasHighS());
      }),
    ));

  it("signs with Ed25519 the message itself", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");

    assert.ok(
      verify(null, Buffer.from("message"), publicKey, await signatureOf(Buffer.from("message"), privateKey)),
    );
  });
});
