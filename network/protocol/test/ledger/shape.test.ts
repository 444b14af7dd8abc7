import assert from "node:assert/strict";
import { DecodeError, phrase } from "../../src/index.ts";

const decode = phrase(20);
const isRefused = (text: string): boolean => {
  try {
    return decode(text) !== text;
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return true;
  }
};

describe("A phrase", () => {
  it("is any printable text, whatever the script", () => {
    for (const text of ["a", "Modèle 2", "模型 一", "نموذج", "𝔄 b", "a\u00a0b", "é".normalize("NFD")])
      assert.equal(decode(text), text);
  });

  // Code points that no version of Unicode has assigned yet: tables of the future may, and the verdict must not change with them.
  it("may hold what Unicode has not assigned, so that every member's tables give one verdict", () => {
    for (const point of [0x0378, 0x05ff, 0x2fe0, 0x1fbff, 0x2fffd, 0x3fffd, 0xe0080, 0xe0fff])
      assert.equal(isRefused(`a${String.fromCodePoint(point)}b`), false, point.toString(16));
  });

  const ranges: readonly (readonly [string, number, number])[] = [
    ["C0 controls", 0x00, 0x1f],
    ["DEL and C1 controls", 0x7f, 0x9f],
    ["the soft hyphen", 0xad, 0xad],
    ["the Arabic letter mark", 0x061c, 0x061c],
    ["the Mongolian vowel separator", 0x180e, 0x180e],
    ["zero-width characters and marks of direction", 0x200b, 0x200f],
    ["separators, embeddings and overrides of direction", 0x2028, 0x202e],
    ["invisible operators and isolates", 0x2060, 0x206f],
    ["surrogates without their other half", 0xd800, 0xdfff],
    ["private use", 0xe000, 0xf8ff],
    ["noncharacters", 0xfdd0, 0xfdef],
    ["the byte order mark", 0xfeff, 0xfeff],
    ["annotations", 0xfff9, 0xfffb],
    ["tags", 0xe0000, 0xe007f],
    ["supplementary private use", 0xf0000, 0xf000f],
    ["the end of the code space", 0x10fff0, 0x10ffff],
    ...Array.from(
      { length: 17 },
      (_, plane) =>
        [`plane ${plane}'s noncharacters`, plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff] as const,
    ),
  ];
  for (const [name, first, last] of ranges) {
    it(`holds none of ${name}`, () => {
      for (let point = first; point <= last; point++)
        assert.equal(isRefused(`a${String.fromCodePoint(point)}b`), true, point.toString(16));
    });
  }

  it("has a space neither first nor last", () => {
    for (const point of [0x20, 0xa0, 0x1680, 0x2000, 0x200a, 0x202f, 0x205f, 0x3000]) {
      const space = String.fromCodePoint(point);
      assert.deepEqual([`${space}a`, `a${space}`, `a${space}b`].map(isRefused), [true, true, false]);
    }
  });

  it("is neither empty nor longer than it may be", () => {
    assert.deepEqual(["", "x".repeat(21), "x".repeat(20)].map(isRefused), [true, true, false]);
  });
});
