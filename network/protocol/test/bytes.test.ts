import assert from "node:assert/strict";
import fc from "fast-check";
import { BytesError, equalBytes, fields, fromHex, toHex, u128, u16, u64, u8 } from "../src/index.ts";

const refused = (act: () => unknown, code: string): void =>
  assert.throws(act, (error) => error instanceof BytesError && error.code === code);

describe("bytes", () => {
  it("come back from hexadecimal as they were", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(fromHex(toHex(bytes)), bytes)));
  });

  it("are refused as hexadecimal in upper case, by halves, with other characters, or of another size", () => {
    for (const text of ["AB", "abc", "zz", "0x00", " 00"]) refused(() => fromHex(text), "HEX_INVALID");
    for (const size of [1, 3]) refused(() => fromHex("abab", size), "HEX_INVALID");
  });

  it("come from no text but lower-case hexadecimal", () => {
    const unit = fc.oneof(fc.stringMatching(/^[0-9a-f]$/), fc.string({ unit: "binary", maxLength: 1 }));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 6 }), (units) => {
        const text = units.join("");
        if (/^([0-9a-f]{2})*$/.test(text)) assert.equal(toHex(fromHex(text)), text);
        else refused(() => fromHex(text), "HEX_INVALID");
      }),
    );
  });

  it("hold integers big-endian, and no others", () => {
    assert.equal(toHex(u16(258)), "0102");
    assert.equal(toHex(u128(1n)), `${"00".repeat(15)}01`);
    refused(() => u8(256), "INTEGER_RANGE");
    refused(() => u64(-1n), "INTEGER_RANGE");
    refused(() => u64(2 ** 53), "INTEGER_RANGE");
    refused(() => u16(1.5), "INTEGER_RANGE");
  });

  it("are fields with their lengths, so that no two lists look alike", () => {
    assert.equal(toHex(fields("ab", new Uint8Array())), "0002616200" + "00");
    assert.notDeepEqual(fields("ab", "c"), fields("a", "bc"));
    refused(() => fields(new Uint8Array(65_536)), "FIELD_TOO_LONG");
  });

  it("are equal only if all of them are", () => {
    assert.ok(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
    assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
    assert.ok(!equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0)));
  });
});
