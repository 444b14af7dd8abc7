import assert from "node:assert/strict";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import fc from "fast-check";
import { bindingOf, contentData, encodeCell, PADDED_BYTES } from "../src/cell.ts";
import { keyIdOf, sealTo } from "../src/hpke.ts";
import { CellError, createSealingKey, decodeCell, joinTip, openShare } from "../src/index.ts";
import { CONTENT_NONCE } from "../src/seal.ts";
import { commitmentOf, encodeShare, keyHashOf, shareHashOf, shareInfo } from "../src/share.ts";
import { splitKey } from "../src/split.ts";
import { addressees, networkId, sealed, seeded } from "./fixture.ts";

const pairs = [
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 2],
  [2, 0],
  [2, 1],
] as const;

async function shareOf(cell: Uint8Array, place: number) {
  const { keys } = await addressees();
  return openShare(cell, keys[place]!.secret);
}

describe("Opening a tip", () => {
  it("takes any two of its three officers, for any text", async () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...pairs), async (written, [own, other]) => {
        const cell = await sealed(written, written);
        const read = await joinTip(cell, await shareOf(cell, own), await shareOf(cell, other));
        assert.equal(read, written);
      }),
      { numRuns: 10 },
    );
  });

  it("gives back the longest text", async () => {
    const text = "ß".repeat(30_000);
    const cell = await sealed(text);

    assert.equal(await joinTip(cell, await shareOf(cell, 0), await shareOf(cell, 2)), text);
  });

  it("is not for a stranger", async () => {
    const stranger = await createSealingKey(seeded("stranger"));

    await assert.rejects(openShare(await sealed("t"), stranger.secret), { code: "CELL_ADDRESSEE" });
  });

  it("names the officer who brings a wrong share", async () => {
    const cell = await sealed("t");
    const [own, other] = [await shareOf(cell, 0), await shareOf(cell, 2)];
    const elsewhere = await shareOf(await sealed("t", "another"), 2);
    const wrong = [
      { ...other, share: other.share.map((byte, i) => (i === 7 ? byte ^ 1 : byte)) },
      { ...other, salt: other.salt.map((byte) => byte ^ 1) },
      { ...other, share: other.share.subarray(1) },
      elsewhere,
    ];

    for (const share of wrong) {
      await assert.rejects(joinTip(cell, own, share), { code: "SHARE_WRONG", position: 3 });
    }
    await assert.rejects(joinTip(cell, own, { ...other, position: 2 }), { position: 2 });
  });

  it("needs another officer: one's own share twice is refused", async () => {
    const cell = await sealed("t");
    const own = await shareOf(cell, 1);

    await assert.rejects(joinTip(cell, own, own), { code: "SHARE_WRONG", position: 2 });
  });

  it("fails for every byte that is changed, and says so with a code of its own", async () => {
    const cell = await sealed("t");
    const place = fc.integer({ min: 0, max: cell.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = cell.map((byte, i) => (i === at ? byte ^ mask : byte));
        const opened = Promise.all([0, 1, 2].map((own) => shareOf(changed, own)));
        await assert.rejects(opened, (error) => error instanceof CellError);
      }),
      {
        numRuns: 20,
        examples: [
          [20, 1],
          [52, 1],
          [84, 1],
          [120, 1],
          [65_535, 128],
        ],
      },
    );
  });

  it("refuses a share that was sealed for another cell", async () => {
    const [first, second] = [decodeCell(await sealed("t", "1")), decodeCell(await sealed("t", "2"))];
    const forged = encodeCell({ ...first, slots: second.slots });

    await assert.rejects(shareOf(forged, 0), { code: "CELL_SEALED_WRONG" });
  });

  it("finds out a sender whose shares are not of one key", async () => {
    const cell = await dishonest({ isOffLine: true });

    const [first, second, third] = [await shareOf(cell, 0), await shareOf(cell, 1), await shareOf(cell, 2)];

    assert.equal(await joinTip(cell, first, second), "t");
    await assert.rejects(joinTip(cell, first, third), { code: "CELL_SEALED_WRONG" });
  });

  it("finds out a sender who pads with something else, or writes no UTF-8", async () => {
    const paddings: Uint8Array[] = [
      Uint8Array.of(0, 1, 0x74, 1),
      Uint8Array.of(0, 0, 0),
      Uint8Array.of(0, 1, 0xff),
      Uint8Array.of(0xff, 0xff, 0x74),
    ];
    for (const padded of paddings) {
      const cell = await dishonest({ padded });
      const shares = [await shareOf(cell, 0), await shareOf(cell, 1)] as const;
      await assert.rejects(joinTip(cell, ...shares), { code: "CELL_SEALED_WRONG" });
    }
  });

  it("finds out a sender whose list of shares is not the one committed to", async () => {
    const cell = await dishonest({ isUncommitted: true });

    await assert.rejects(shareOf(cell, 0), { code: "CELL_SEALED_WRONG" });
  });
});

describe("decodeCell", () => {
  it("refuses whatever is not the form of a cell", async () => {
    const cell = await sealed("t");
    const { slots, ...rest } = decodeCell(cell);
    const wrong = [
      cell.subarray(1),
      new Uint8Array(65_536),
      new Uint8Array(),
      encodeCell({ ...rest, slots: [...slots].reverse() }),
      encodeCell({ ...rest, slots: slots.map(() => slots[0]!) }),
    ];

    for (const bytes of wrong) assert.throws(() => decodeCell(bytes), { code: "CELL_MALFORMED" });
  });

  it("has an inverse", async () => {
    const cell = await sealed("t");

    assert.deepEqual(encodeCell(decodeCell(cell)), cell);
  });
});

interface Dishonesty {
  readonly padded?: Uint8Array;
  /** Share 3 does not lie on the line of the others. */
  readonly isOffLine?: boolean;
  readonly isUncommitted?: boolean;
}

/** A sender who keeps the form and cheats within it. */
async function dishonest({ padded = Uint8Array.of(0, 1, 0x74), ...lies }: Dishonesty): Promise<Uint8Array> {
  const { keys } = await addressees();
  const random = seeded("dishonest");
  const key = random(32);
  const shares = splitKey(key, random).map((share, i) => ({ position: i + 1, share, salt: random(32) }));
  if (lies.isOffLine === true) shares[2]!.share[0]! ^= 1;
  const hashes = { keyHash: keyHashOf(key), shareHashes: shares.map(shareHashOf) };
  const commitment = lies.isUncommitted === true ? random(32) : commitmentOf(hashes);
  const head = { networkId, commitment, keyIds: keys.map(({ sealingKey }) => keyIdOf(sealingKey)) };
  const text = new Uint8Array(PADDED_BYTES);
  text.set(padded);
  const content = chacha20poly1305(key, CONTENT_NONCE, contentData(head)).encrypt(text);
  const slots = [];
  for (const [i, share] of shares.entries()) {
    const { sealingKey } = keys[i]!;
    const info = shareInfo(networkId, share.position, keyIdOf(sealingKey));
    const context = { info, aad: bindingOf(head, content) };
    const bytes = await sealTo(sealingKey, encodeShare(share, hashes), context, random);
    slots.push({ keyId: keyIdOf(sealingKey), sealed: bytes });
  }
  return encodeCell({ ...head, slots, content });
}
