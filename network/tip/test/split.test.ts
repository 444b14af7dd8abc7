import assert from "node:assert/strict";
import fc from "fast-check";
import { split } from "shamir-secret-sharing";
import { joinKey, splitKey } from "../src/split.ts";
import { seeded } from "./fixture.ts";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("A split key", () => {
  it("comes back from any two shares", async () => {
    await fc.assert(
      fc.asyncProperty(key, fc.string(), async (secret, seed) => {
        const [first, second, third] = splitKey(secret, seeded(seed));
        assert.ok(first && second && third);
        for (const [a, b] of [
          [first, second],
          [third, first],
          [second, third],
        ] as const) {
          assert.deepEqual(await joinKey(a, b), secret);
        }
      }),
    );
  });

  it("is split in the form that the library splits in", async () => {
    const secret = seeded("secret")(32);

    const [first, second] = await split(secret, 3, 2);

    assert.ok(first && second);
    assert.deepEqual(await joinKey(first, second), secret);
    assert.equal(splitKey(secret, seeded("x"))[0]?.length, first.length);
  });

  it("hides in each share: every key is possible with it", () => {
    fc.assert(
      fc.property(key, key, fc.integer({ min: 0, max: 2 }), (one, other, place) => {
        // The slope is what was drawn, so there is one that gives the same share for the other key.
        const share = splitKey(one, seeded("slope"))[place]!;
        const difference = share.subarray(0, 32).map((byte, i) => byte ^ other[i]!);
        const slope = difference.map((byte) => divide(byte, place + 1));
        assert.deepEqual(splitKey(other, () => slope)[place], share);
      }),
    );
  });
});

/** By search: the field is small. */
function divide(value: number, by: number): number {
  for (let quotient = 0; quotient < 256; quotient++) {
    if (multiply(quotient, by) === value) return quotient;
  }
  throw new RangeError("the field has no such element");
}

function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product & 0x80 ? 0x11b : 0);
    if ((b >> bit) & 1) product ^= a;
  }
  return product & 0xff;
}
