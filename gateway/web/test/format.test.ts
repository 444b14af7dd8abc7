import assert from "node:assert/strict";
import fc from "fast-check";
import { country, days, moment, money, names, plural, scientific, short, size } from "../src/format.ts";

describe("format", () => {
  it("writes money with its cents only where there are any", () => {
    assert.equal(money("25000000000", "USD"), "$250,000,000");
    assert.equal(money("5", "USD"), "$0.05");
    assert.equal(money("999999999999999999", "USD"), "$9,999,999,999,999,999.99");
  });

  it("names countries, and leaves codes that stand for none as they are", () => {
    assert.equal(country("ie"), "Ireland");
    for (const code of ["xa", "zz", "qm"]) assert.equal(country(code), code.toUpperCase());
  });

  it("writes moments to the minute, in UTC", () => {
    assert.equal(moment(Date.UTC(2027, 0, 1, 9, 5, 59)), "1 Jan 2027, 09:05 UTC");
  });

  it("writes FLOP with three digits and a power of ten", () => {
    const cases = {
      "0": "0",
      "1234": "1234",
      "1000000": "10⁶",
      "2140000000000000000000000": "2.14 × 10²⁴",
      "99999": "9.99 × 10⁴",
    };
    for (const [decimal, text] of Object.entries(cases)) assert.equal(scientific(decimal), text);
  });

  it("never makes a bound larger by writing it shorter", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10_000n, max: 10n ** 40n }), (value) => {
        const [mantissa = "", power] = scientific(value.toString()).split(" × 10");
        const digits = power === undefined ? 1 : Number(mantissa);
        const exponent = value.toString().length - 1;
        assert.ok(BigInt(Math.round(digits * 100)) * 10n ** BigInt(exponent - 2) <= value);
      }),
    );
  });

  it("writes spans, sizes, counts and names as people do", () => {
    assert.deepEqual([days(86_400_000), days(4.99 * 86_400_000)], ["1 day", "4.9 days"]);
    assert.deepEqual([size(900), size(11_000), size(3 * 1024 * 1024)], ["900 bytes", "11 KiB", "3.0 MiB"]);
    assert.deepEqual([plural(1, "alert"), plural(1200, "entry", "entries")], ["1 alert", "1,200 entries"]);
    assert.deepEqual([names([]), names(["A"]), names(["A", "B", "C"])], ["nobody", "A", "A, B and C"]);
    assert.equal(short("0123456789abcdef"), "0123456789…");
  });
});
