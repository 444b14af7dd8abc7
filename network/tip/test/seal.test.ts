import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { CELL_BYTES, cellHashOf, MAX_TEXT_BYTES, sealTip } from "../src/index.ts";
import { addressees, networkId, sealed, seeded } from "./fixture.ts";

describe("Sealing a tip", () => {
  const texts = {
    "one byte": "x",
    "60,000 bytes": "x".repeat(MAX_TEXT_BYTES),
    "60,000 bytes of two each": "é".repeat(MAX_TEXT_BYTES / 2),
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`gives a cell of 65,536 bytes for ${what}`, async () => {
      assert.equal((await sealed(text)).length, CELL_BYTES);
    });
  }

  it("is decided by the randomness that it is given", async () => {
    const [first, again, other] = [await sealed("t", "1"), await sealed("t", "1"), await sealed("t", "2")];

    assert.equal(cellHashOf(first), cellHashOf(again));
    assert.notEqual(cellHashOf(first), cellHashOf(other));
  });

  it("leaves none of the text in the cell", async () => {
    const text = "The canary sings at night.";

    const cell = Buffer.from(await sealed(text.repeat(100)));

    assert.ok(!cell.includes(text.slice(0, 6)));
  });

  const refused = {
    "no text": "",
    "60,001 bytes": "x".repeat(MAX_TEXT_BYTES + 1),
    "a lone surrogate": "\ud800",
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.rejects(sealed(text), { code: "TIP_TEXT" }));
  }

  it("refuses other than three officers of three members with three keys", async () => {
    const { officers } = await addressees();
    const [first, second, third] = officers;
    assert.ok(first && second && third);
    const lists = [
      [first, second],
      [first, second, { ...third, memberId: second.memberId }],
      [first, second, { ...third, sealingKey: second.sealingKey }],
      [first, second, third, { ...third, memberId: "xd" }],
    ];

    for (const list of lists) {
      await assert.rejects(sealTip({ networkId, officers: list, text: "t", random: randomBytes }), {
        code: "TIP_OFFICERS",
      });
    }
  });

  it("refuses what is no sealing key", async () => {
    const { officers } = await addressees();
    for (const sealingKey of [new Uint8Array(1215), new Uint8Array(1216).fill(255)]) {
      const list = officers.map((officer, i) => (i === 0 ? { ...officer, sealingKey } : officer));
      await assert.rejects(sealTip({ networkId, officers: list, text: "t", random: seeded("x") }), {
        code: "SEALING_KEY_INVALID",
      });
    }
  });

  it("refuses a random source that gives too little", async () => {
    const { officers } = await addressees();
    const random = (): Uint8Array => new Uint8Array(31);

    await assert.rejects(sealTip({ networkId, officers, text: "t", random }), { code: "TIP_RANDOM" });
  });
});
