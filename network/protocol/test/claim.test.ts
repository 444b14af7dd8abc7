import assert from "node:assert/strict";
import fc from "fast-check";
import { fromHex, peerIdOf, peerKeyOf, toHex } from "../src/index.ts";

describe("Peer ids", () => {
  it("are libp2p's", () => {
    const key = fromHex("ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c", 32);

    assert.equal(peerIdOf(key), "12D3KooWRawPbxPtP1eZaJpumGnyWX2DcUyd3RQnydr3eAto4Az7");
  });

  it("hold the key that they were made of", () => {
    const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(anyKey, (key) =>
        assert.equal(toHex(peerKeyOf(peerIdOf(key)) ?? new Uint8Array()), toHex(key)),
      ),
    );
  });

  it("of other keys, of another length or in other characters hold none", () => {
    const good = peerIdOf(new Uint8Array(32).fill(7));
    const others = [
      "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", // RSA: a hash of the key
      "16Uiu2HAm6dHgKvrY2ZKFPD6xFhFMnFHfVNCYLAUZoJhMgkqGXAcE", // secp256k1
      good.slice(0, -1),
      `${good}1`,
      `1${good}`,
      good.slice(1),
      good.replace(/.$/, "0"),
      "",
    ];
    for (const peerId of others) assert.equal(peerKeyOf(peerId), undefined, peerId);
  });
});
