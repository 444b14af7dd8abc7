import assert from "node:assert/strict";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { CanonicalError, canonicalString, decodeCanonical, encodeCanonical, utf8 } from "../src/index.ts";

const refused = (bytes: Uint8Array, code: string): void =>
  assert.throws(
    () => decodeCanonical(bytes, 1_000),
    (error) => error instanceof CanonicalError && error.code === code,
  );

/** Also those that JavaScript enumerates before others, as numbers. */
const keys = fc.oneof(fc.string({ unit: "binary" }), fc.nat(120).map(String));

describe("canonical JSON", () => {
  it("sorts keys by UTF-16 unit and escapes as RFC 8785 says", () => {
    assert.equal(
      canonicalString({ "\u20ac": 1, "\r": 2, "1": 3, "\ud83d\ude00": 4, "\ufb33": 5 }),
      '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
    );
  });

  it("leaves out keys without a value", () => {
    assert.equal(canonicalString({ a: undefined, b: 1 }), '{"b":1}');
  });

  const { tree: values } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.string({ unit: "binary" }),
      fc.array(tie("tree")),
      fc.dictionary(keys, tie("tree"), { noNullPrototype: true }),
    ),
  }));

  it("is what a library for RFC 8785 makes of the same value", () => {
    fc.assert(
      fc.property(values, (value) => {
        assert.equal(canonicalString(value), canonicalize(value));
      }),
    );
  });

  it("takes keys that count for numbers in the order of their texts", () => {
    for (const text of ['{"10":1,"9":2}', '{"1":{"10":1,"9":2},"a":3}'])
      assert.equal(canonicalString(decodeCanonical(utf8(text), 1_000)), text);
    for (const text of ['{"9":2,"10":1}', '{"1":{"9":2,"10":1},"a":3}'])
      refused(utf8(text), "CANONICAL_FORM");
  });

  it("decodes exactly what it encodes", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeCanonical(value);
        assert.deepEqual(encodeCanonical(decodeCanonical(bytes, 1_000_000)), bytes);
      }),
    );
  });

  const forms = {
    "white space": '{"a": 1}',
    "keys out of order": '{"b":1,"a":2}',
    "a repeated key": '{"a":1,"a":1}',
    "a fraction": "1.5",
    "an integer past 2^53": "9007199254740993",
    "minus zero": "-0",
    "an exponent": "1e2",
    "a needless escape": '"\\u0061"',
    "a lone surrogate": '"\\ud800"',
  };
  for (const [name, text] of Object.entries(forms)) {
    it(`refuses ${name}`, () => refused(utf8(text), "CANONICAL_FORM"));
  }

  it("refuses what is no JSON, no UTF-8, or has a byte order mark", () => {
    refused(utf8("{"), "CANONICAL_SYNTAX");
    refused(Uint8Array.of(0x22, 0xff, 0x22), "CANONICAL_SYNTAX");
    refused(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), "CANONICAL_SYNTAX");
  });

  it("refuses more bytes or more depth than allowed", () => {
    refused(utf8(`"${"a".repeat(1_000)}"`), "CANONICAL_SIZE");
    refused(utf8("[".repeat(50) + "]".repeat(50)), "CANONICAL_FORM");
  });

  it("throws no other error on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeCanonical(bytes, 1_000);
        } catch (error) {
          assert.ok(error instanceof CanonicalError);
        }
      }),
    );
  });
});
