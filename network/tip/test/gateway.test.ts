import assert from "node:assert/strict";
import {
  encodeCanonical,
  sha256,
  tipGatewayBytes,
  TIP_LEAVES,
  toHex,
  u64,
  utf8,
  verifyInclusion,
} from "@comity/protocol";
import { fromHex, leafHash } from "@comity/protocol";
import fc from "fast-check";
import {
  decodeCertificate,
  decodeHour,
  decodeReceipt,
  hourLeaves,
  hourRoot,
  isGuilt,
  judgeGateway,
  leastCopies,
  proveInHour,
  receiptBytes,
  storedBytes,
  type TipCertificate,
  type TipHour,
  tipLeaf,
  type TipReceipt,
  verifyCertificate,
  verifyReceipt,
} from "../src/index.ts";
import { memberIds, names, network, networkId, publicKey, sign } from "./fixture.ts";

const cellHash = toHex(sha256(utf8("a cell")));
const place = { cellHash, tipHour: 490_000 };
const memberId = memberIds[1]!;
const dummy = (n: number): Uint8Array => sha256(utf8("dummy"), u64(n));

function receiptOf(overrides: Partial<TipReceipt> = {}): TipReceipt {
  const receiptKey = publicKey("gateway");
  return {
    type: "comity/v1/tip-receipt",
    ...{ networkId, memberId, ...place, receiptKey },
    keySignature: sign("bob", tipGatewayBytes(networkId, { memberId, receiptKey })),
    signature: sign("gateway", receiptBytes(networkId, place)),
    ...overrides,
  };
}

function certificateOf(indices: readonly number[], overrides: Partial<TipCertificate> = {}): TipCertificate {
  const bytes = storedBytes(networkId, place);
  const signatures = indices.map((index) => ({ index, signature: sign(names[index - 1]!, bytes) }));
  return { type: "comity/v1/tip-certificate", networkId, ...place, signatures, ...overrides };
}

function hourOf(cellHashes: readonly string[]): TipHour {
  const { tipHour } = place;
  const leaves = hourLeaves(networkId, cellHashes, dummy);
  return { type: "comity/v1/tip-hour", networkId, memberId, tipHour, leaves };
}

describe("A receipt", () => {
  it("holds for a network whose member vouches for its key", () => {
    verifyReceipt(decodeReceipt(encodeCanonical(receiptOf())), network);
  });

  const bad: Record<string, [Partial<TipReceipt>, code: string]> = {
    "of another network": [{ networkId: "00".repeat(32) as typeof networkId }, "RECEIPT_NETWORK"],
    "for whose key another member vouches": [{ memberId: memberIds[0]! }, "RECEIPT_KEY"],
    "of a member that is none": [{ memberId: "zz" as typeof memberId }, "RECEIPT_KEY"],
    "with a key that nobody vouches for": [{ receiptKey: publicKey("mallory") }, "RECEIPT_KEY"],
    "of another hour": [{ tipHour: 490_001 }, "RECEIPT_SIGNATURE"],
    "of another cell": [{ cellHash: "ab".repeat(32) }, "RECEIPT_SIGNATURE"],
    "that somebody else signed": [
      { signature: sign("mallory", receiptBytes(networkId, place)) },
      "RECEIPT_SIGNATURE",
    ],
  };
  for (const [what, [overrides, code]] of Object.entries(bad)) {
    it(`is refused ${what}`, () => {
      assert.throws(() => verifyReceipt(receiptOf(overrides), network), { code });
    });
  }

  it("is decoded strictly", () => {
    const { signature, ...short } = receiptOf();
    for (const value of [short, { ...short, signature, more: 1 }, { ...receiptOf(), tipHour: -1 }]) {
      assert.throws(() => decodeReceipt(encodeCanonical(value)), { code: "DOCUMENT_INVALID" });
    }
    assert.throws(() => decodeReceipt(utf8(JSON.stringify(receiptOf()))), { code: "CANONICAL_FORM" });
  });
});

describe("A storage certificate", () => {
  it("names the members that hold the cell, f + 1 of them or more", () => {
    assert.equal(leastCopies(4), 2);
    assert.equal(leastCopies(7), 3);
    assert.deepEqual(verifyCertificate(decodeCertificate(encodeCanonical(certificateOf([1, 3]))), network), [
      "xa",
      "xc",
    ]);
    assert.deepEqual(verifyCertificate(certificateOf([1, 2, 3, 4]), network).length, 4);
  });

  const bad: Record<string, [TipCertificate, code: string]> = {
    "of too few": [certificateOf([2]), "CERTIFICATE_TOO_FEW"],
    "of one twice": [certificateOf([2, 2]), "CERTIFICATE_SIGNATURE"],
    "out of order": [certificateOf([3, 1]), "CERTIFICATE_SIGNATURE"],
    "of a member that is none": [
      certificateOf([1], { signatures: [{ index: 9, signature: "00".repeat(64) }] }),
      "CERTIFICATE_SIGNATURE",
    ],
    "for another hour": [certificateOf([1, 3], { tipHour: 1 }), "CERTIFICATE_SIGNATURE"],
    "of another network": [
      certificateOf([1, 3], { networkId: "00".repeat(32) as typeof networkId }),
      "CERTIFICATE_NETWORK",
    ],
  };
  for (const [what, [certificate, code]] of Object.entries(bad)) {
    it(`is refused ${what}`, () => {
      assert.throws(() => verifyCertificate(certificate, network), { code });
    });
  }
});

describe("An hour's list", () => {
  const hashesOf = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => toHex(sha256(u64(n))));

  it("has as many leaves for no tip as for many, in an order that says nothing", () => {
    for (const count of [0, 1, 500, TIP_LEAVES]) {
      const { leaves } = decodeHour(encodeCanonical(hourOf(hashesOf(count))));
      assert.equal(leaves.length, TIP_LEAVES);
    }
    assert.throws(() => hourOf(hashesOf(TIP_LEAVES + 1)), { code: "HOUR_FULL" });
  });

  it("is the same whatever the order in which tips came", () => {
    const hashes = hashesOf(9);

    assert.deepEqual(hourOf([...hashes].reverse()), hourOf(hashes));
  });

  it("does not hold a cell's hash, but its leaf, of which the ledger's root proves that it is in it", () => {
    const list = hourOf([...hashesOf(30), cellHash]);
    const root = fromHex(hourRoot(list.leaves));

    assert.ok(!list.leaves.includes(cellHash));
    const { index, proof } = proveInHour(list, cellHash)!;
    const leaf = leafHash(fromHex(tipLeaf(networkId, cellHash)));
    const path = proof.map((hash) => fromHex(hash));
    assert.ok(verifyInclusion({ leaf, index, size: TIP_LEAVES, root, proof: path }));
    assert.equal(proveInHour(list, "ab".repeat(32)), undefined);
  });

  it("is refused out of order, or with a leaf twice", () => {
    const { leaves, ...rest } = hourOf([]);
    const [first = "", ...others] = leaves;
    for (const wrong of [
      [...others, first],
      [first, first, ...others.slice(1)],
    ]) {
      assert.throws(() => decodeHour(encodeCanonical({ ...rest, leaves: wrong })), { code: "HOUR_ORDER" });
    }
    assert.throws(() => decodeHour(encodeCanonical({ ...rest, leaves: others })), {
      code: "DOCUMENT_INVALID",
    });
  });
});

describe("Judging a gateway", () => {
  const receipt = receiptOf();
  const [kept, dropped] = [hourOf([cellHash]), hourOf([])];
  const filed = (list: TipHour) => ({ root: hourRoot(list.leaves), closed: false });
  const cases: Record<string, [verdict: string, ...Parameters<typeof judgeGateway>]> = {
    "that published the leaf and filed its root": ["kept", receipt, filed(kept), kept],
    "that filed the root of a list without the leaf": ["dropped", receipt, filed(dropped), dropped],
    "that filed no root in time": ["root-missing", receipt, { root: null, closed: true }, undefined],
    "that filed no root in time, though it publishes a list": [
      "root-missing",
      receipt,
      { root: null, closed: true },
      kept,
    ],
    "that still has time": ["pending", receipt, { root: null, closed: false }, undefined],
    "that publishes no list": ["withheld", receipt, filed(kept), undefined],
    "that publishes another list than it filed": ["withheld", receipt, filed(dropped), kept],
    "that publishes another hour's list": ["withheld", receipt, filed(kept), { ...kept, tipHour: 1 }],
    "that publishes another gateway's list": [
      "withheld",
      receipt,
      filed(kept),
      { ...kept, memberId: memberIds[0]! },
    ],
  };
  for (const [what, [verdict, ...facts]] of Object.entries(cases)) {
    it(`finds ${verdict} for one ${what}`, () => assert.equal(judgeGateway(...facts), verdict));
  }

  it("finds guilt only where receipt and ledger prove it", () => {
    const guilty = (["kept", "dropped", "root-missing", "withheld", "pending"] as const).filter(isGuilt);

    assert.deepEqual(guilty, ["dropped", "root-missing"]);
  });

  it("never finds an honest gateway guilty, whatever else came in that hour", () => {
    const hashes = fc.uniqueArray(fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(hashes, (others) => {
        const list = hourOf([...others, cellHash]);
        assert.equal(judgeGateway(receipt, filed(list), list), "kept");
      }),
      { numRuns: 5 },
    );
  });
});
