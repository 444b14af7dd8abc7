import assert from "node:assert/strict";
import fc from "fast-check";
import { sha256, toHex, utf8 } from "../src/index.ts";
import * as native from "../src/primitives/native.ts";
import * as portable from "../src/primitives/portable.ts";
import { publicKey, sign } from "./fixture.ts";

// NIST, examples of FIPS 180-4 and, of the empty message, of the Cryptographic Algorithm Validation Program.
const published: Record<string, string> = {
  "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq:
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
};

describe("primitives", () => {
  for (const [where, { sha256: hash }] of Object.entries({ "in Node": native, anywhere: portable }))
    it(`give the published SHA-256 digests ${where}`, () => {
      for (const [message, digest] of Object.entries(published)) {
        assert.equal(toHex(hash(utf8(message))), digest);
      }
      assert.equal(toHex(hash()), published[""]);
    });

  it("give the same SHA-256 in Node and anywhere, however the message is cut into parts", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (parts) =>
        assert.deepEqual(native.sha256(...parts), portable.sha256(...parts)),
      ),
    );
  });

  it("give the same verdict on Ed25519 in Node and anywhere, on what was signed and on what was changed", () => {
    const key = publicKey("alice");
    const change = fc.record({ part: fc.constantFrom(0, 1, 2, 3), at: fc.nat(31), bit: fc.nat(7) });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 200 }), change, (message, { part, at, bit }) => {
        const parts = [key, message, sign("alice", message)] as const;
        const [k, m, s] = parts.map((bytes, i) =>
          i === part ? bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit)) : bytes,
        ) as [Uint8Array, Uint8Array, Uint8Array];
        assert.equal(portable.satisfiesEd25519(k, m, s), part === 3);
        assert.equal(native.satisfiesEd25519(k, m, s), part === 3);
      }),
      { numRuns: 50 },
    );
  });

  it("are Node's own in Node", () => {
    assert.equal(sha256, native.sha256);
  });
});
