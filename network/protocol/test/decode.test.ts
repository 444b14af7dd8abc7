import assert from "node:assert/strict";
import fc from "fast-check";
import {
  boolean,
  decimal,
  DecodeError,
  type Decoder,
  hex,
  integer,
  list,
  literal,
  nullable,
  object,
  oneOf,
  optional,
  record,
  text,
} from "../src/index.ts";

const person = object({
  name: text(5, /^[a-z]+$/),
  age: optional(integer(0, 150)),
  tags: list(oneOf("a", "b"), 2),
});

const cases: readonly [string, Decoder<unknown>, unknown][] = [
  ["an unknown key", person, { name: "bob", tags: [], extra: 1 }],
  ["a key that is missing", person, { name: "bob" }],
  ["a text that is too long", text(3), "abcd"],
  ["a text of other characters", text(9, /^[a-z]*$/), "ABC"],
  ["a number for a text", text(9), 5],
  ["an integer out of range", integer(1, 3), 4],
  ["a fraction", integer(1, 3), 1.5],
  ["a decimal with a leading zero", decimal(100n), "01"],
  ["a decimal above its bound", decimal(100n), "101"],
  ["a sign", decimal(100n), "-1"],
  ["upper-case hexadecimal", hex(1), "AB"],
  ["hexadecimal of another length", hex(2), "ab"],
  ["half a byte", hex({ maxBytes: 4 }), "abc"],
  ["hexadecimal that is too long", hex({ maxBytes: 1 }), "abcd"],
  ["another literal", literal("x"), "y"],
  ["an option that is not there", oneOf("x", "y"), "z"],
  ["a list that is too long", list(integer(0, 9), 1), [1, 2]],
  ["a list that is too short", list(integer(0, 9), 2, 1), []],
  ["an object for a list", list(integer(0, 9), 2), {}],
  ["a list for an object", person, []],
  ["null for an object", person, null],
  ["a text for a boolean", boolean(), "true"],
  ["too many entries", record(integer(0, 9), 1), { a: 1, b: 2 }],
];

describe("decoders", () => {
  it("name a key so that it cannot end the sentence", () => {
    assert.throws(() => record(integer(0, 9), 1)({ "x\nValid: all of it": "" }, "map"), {
      message: 'map."x\\nValid: all of it" must be an integer from 0 to 9',
    });
  });

  for (const [name, decoder, value] of cases) {
    it(`refuse ${name}`, () => {
      assert.throws(
        () => decoder(value),
        (error) => error instanceof DecodeError,
      );
    });
  }

  it("keep what is right and leave absent keys absent", () => {
    assert.deepEqual(person({ name: "bob", tags: ["a"] }), { name: "bob", tags: ["a"] });
    assert.equal(nullable(integer(0, 1))(null), null);
  });

  it("say where the document is wrong", () => {
    assert.throws(
      () => object({ people: list(person, 2) })({ people: [{ name: "bob", tags: ["c"] }] }),
      /people\[0\]\.tags\[0\] must be one of a, b/,
    );
  });

  it("are not fooled by keys of the prototype", () => {
    assert.throws(() => person(JSON.parse('{"name":"bob","tags":[],"__proto__":{}}')), DecodeError);
    assert.throws(() => person(JSON.parse('{"name":"bob","tags":[],"constructor":1}')), DecodeError);
  });

  it("throw no other error on any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          person(value);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
      }),
    );
  });
});
