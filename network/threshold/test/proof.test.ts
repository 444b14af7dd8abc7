import assert from "node:assert/strict";
import { fields, fromHex, utf8 } from "@comity/protocol";
import fc from "fast-check";
import { G1 } from "../src/point.ts";
import { isProven } from "../src/proof.ts";
import { prove } from "../src/prove.ts";
import { decodeScalar, encodeScalar, Fr } from "../src/scalar.ts";
import { seededRandom } from "./keyGeneration.ts";

const secret = 0x1234_5678_9abc_def0n;
const second = G1.BASE.multiply(99n);
const claimFor = (context: string, bases = [G1.BASE, second], x = secret) => ({
  context: fields(utf8(context)),
  pairs: bases.map((base) => ({ base, image: base.multiply(x) })),
});
const claim = claimFor("context");
const proof = prove(claim, secret, seededRandom("proof"));

describe("isProven", () => {
  it("accepts proofs over one base and over two", () => {
    const one = claimFor("context", [G1.BASE]);

    assert.equal(isProven(claim, proof), true);
    assert.equal(isProven(one, prove(one, secret, seededRandom("one"))), true);
  });

  it("refuses another context, another image and unequal logarithms", () => {
    const [first] = claim.pairs;
    const unequal = { ...claim, pairs: [first!, { base: second, image: second.multiply(secret + 1n) }] };

    assert.equal(isProven(claimFor("other"), proof), false);
    assert.equal(isProven(claimFor("context", undefined, secret + 1n), proof), false);
    assert.equal(isProven(unequal, proof), false);
    assert.equal(isProven(unequal, prove(unequal, secret, seededRandom("unequal"))), false);
  });

  it("refuses every other proof, a shifted response included", () => {
    const response = decodeScalar(fromHex(proof.slice(64)))!;
    const shifted = (response + Fr.ORDER).toString(16).padStart(64, "0");
    const anyByte = fc.tuple(fc.nat(63), fc.integer({ min: 1, max: 255 }));

    assert.equal(isProven(claim, proof.slice(0, 64) + shifted), false);
    fc.assert(
      fc.property(anyByte, ([position, mask]) => {
        const bytes = fromHex(proof).map((byte, i) => (i === position ? byte ^ mask : byte));
        return !isProven(claim, Buffer.from(bytes).toString("hex"));
      }),
      { numRuns: 20 },
    );
  });
});

describe("prove", () => {
  it("repeats no nonce for another statement, nor reveals the secret, when the random source is stuck", () => {
    const stuck = (size: number) => new Uint8Array(size);
    const [a, b] = ["first", "second"].map((context) => {
      const text = prove(claimFor(context), secret, stuck);
      return { c: decodeScalar(fromHex(text.slice(0, 64)))!, s: decodeScalar(fromHex(text.slice(64)))! };
    });

    const guess = Fr.div(Fr.sub(a!.s, b!.s), Fr.sub(a!.c, b!.c)); // the secret, had both used one nonce

    assert.notEqual(guess, secret);
  });

  it("gives another proof with other randomness", () => {
    assert.notEqual(prove(claim, secret, seededRandom("other")), proof);
  });
});

describe("scalars", () => {
  it("survive encoding, and only those below r are decoded", () => {
    const scalars = fc.bigInt({ min: 0n, max: Fr.ORDER - 1n });

    fc.assert(fc.property(scalars, (scalar) => decodeScalar(encodeScalar(scalar)) === scalar));
    for (const bad of [Fr.ORDER, Fr.ORDER + 1n, (1n << 256n) - 1n]) {
      assert.equal(decodeScalar(fromHex(bad.toString(16).padStart(64, "0"))), undefined);
    }
    assert.equal(decodeScalar(new Uint8Array(31)), undefined);
  });
});
