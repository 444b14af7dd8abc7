import assert from "node:assert/strict";
import { toHex } from "@comity/protocol";
import { accusationClaim } from "../src/accusation.ts";
import {
  type Accusation,
  checkDeal,
  createAccusation,
  type Deal,
  decideAccusation,
  openShare,
} from "../src/index.ts";
import { unseal } from "../src/open.ts";
import { encodePoint } from "../src/point.ts";
import { prove } from "../src/prove.ts";
import { Fr } from "../src/scalar.ts";
import { accepted, dealOf, open, sessionOf } from "./keyGeneration.ts";
import { dealWithBadShare, improperPointsFor, thiefDeal, withCiphertext } from "./malice.ts";

const group = accepted(sessionOf(4, 3));
const { session, accepts, secrets, random } = group;
const dealer = 1;
const bob = 2;
const carol = 3;
const keyOf = (index: number): string => accepts[index - 1]!.encryptionKey;
const mine = (index: number, deal: Deal) => ({ session, deal, index, secret: secrets.get(index)! });
const decide = (deal: Deal, accusation: Accusation) =>
  decideAccusation(session, deal, accusation, keyOf(accusation.accuser));

const goodDeal = dealOf(group, dealer);
const onPolynomial = 1n + 2n * 2n + 3n * 4n; // f(2) of the deal that `dealWithBadShare` starts from
const badDeals: Record<string, Deal> = {
  "noise for a ciphertext": withCiphertext(goodDeal, bob, "5a".repeat(48)),
  "the ciphertext of another member": withCiphertext(goodDeal, bob, goodDeal.shares[2]!.ciphertext),
  "a share that is not on the polynomial": dealWithBadShare(group, dealer, bob, onPolynomial + 1n),
  "a share of zero": dealWithBadShare(group, dealer, bob, 0n),
  "a share that is not below the group's order": dealWithBadShare(
    group,
    dealer,
    bob,
    onPolynomial + Fr.ORDER,
  ),
};

/** Reveals a pairwise key with a true proof although the share is good: what `createAccusation` refuses to do. */
function falseAccusation(deal: Deal, accuser: number): Accusation {
  const { points, pair, secret } = unseal(mine(accuser, deal));
  const proof = prove(accusationClaim(points, pair), secret, random);
  return { dealer: deal.dealer, accuser, sharedKey: toHex(encodePoint(pair.sharedKey)), proof };
}

for (const [name, deal] of Object.entries(badDeals)) {
  describe(`a dealer that deals ${name}`, () => {
    it("is seen by its victim alone and found guilty by everybody", () => {
      checkDeal(session, dealer, deal, accepts);

      assert.throws(() => openShare(mine(bob, deal)), { code: "SHARE_INVALID" });
      assert.equal(open(group, deal, carol).length, 32);
      assert.equal(decide(deal, createAccusation({ ...mine(bob, deal), random })), "dealer-guilty");
    });
  });
}

describe("the share that is on the polynomial", () => {
  it("is good in a deal that was put together by hand", () => {
    const deal = dealWithBadShare(group, dealer, bob, onPolynomial);

    assert.equal(BigInt(`0x${toHex(open(group, deal, bob))}`), onPolynomial);
  });
});

describe("createAccusation", () => {
  it("refuses to reveal the key of a good share", () => {
    assert.throws(() => createAccusation({ ...mine(bob, goodDeal), random }), {
      code: "ACCUSATION_UNFOUNDED",
    });
  });

  it("is no oracle for a deal with another dealer's ephemeral key", () => {
    const stolen = thiefDeal(group, 4, goodDeal);

    assert.throws(() => createAccusation({ ...mine(bob, stolen), random }), { code: "DEAL_EPHEMERAL" });
    assert.throws(() => openShare(mine(bob, stolen)), { code: "DEAL_EPHEMERAL" });
  });

  it("refuses without a ciphertext, and with a secret that is none", () => {
    const withoutBob = { ...goodDeal, shares: goodDeal.shares.filter((share) => share.index !== bob) };

    assert.throws(() => createAccusation({ ...mine(bob, withoutBob), random }), { code: "SHARE_ABSENT" });
    for (const secret of [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(3)]) {
      assert.throws(() => openShare({ ...mine(bob, goodDeal), secret }), { code: "SECRET_INVALID" });
    }
  });
});

describe("decideAccusation", () => {
  const badDeal = badDeals["noise for a ciphertext"]!;
  const accusation = createAccusation({ ...mine(bob, badDeal), random });

  it("is not taken in by a true proof about a good share", () => {
    assert.equal(decide(goodDeal, falseAccusation(goodDeal, bob)), "accuser-wrong");
  });

  it("is not taken in by another point than the pairwise key", () => {
    const points = [
      keyOf(carol),
      goodDeal.ephemeral,
      goodDeal.commitments[0]!,
      falseAccusation(badDeal, carol).sharedKey,
    ];

    for (const sharedKey of [...points, ...Object.values(improperPointsFor(keyOf(bob)))]) {
      assert.equal(decide(badDeal, { ...accusation, sharedKey }), "accuser-wrong");
    }
  });

  it("is not taken in by a proof that is malformed or about something else", () => {
    for (const proof of [
      badDeal.proof,
      badDeal.ephemeralProof,
      accepts[1]!.proof,
      "00".repeat(64),
      "ff".repeat(64),
      "",
    ]) {
      assert.equal(decide(badDeal, { ...accusation, proof }), "accuser-wrong");
    }
  });

  it("wants accuser, dealer and deal to be those of the accusation", () => {
    const otherDeal = withCiphertext(dealOf(group, 4), bob, "5a".repeat(48));

    assert.equal(decide(badDeal, { ...accusation, accuser: carol }), "accuser-wrong");
    assert.equal(decide(badDeal, { ...accusation, dealer: 4 }), "accuser-wrong");
    assert.equal(decide(otherDeal, { ...accusation, dealer: 4 }), "accuser-wrong");
    assert.equal(decideAccusation(session, badDeal, accusation, keyOf(carol)), "accuser-wrong");
    assert.equal(decideAccusation(session, badDeal, accusation, "00"), "accuser-wrong");
  });

  it("finds an accuser without a ciphertext wrong", () => {
    const withoutBob = { ...badDeal, shares: badDeal.shares.filter((share) => share.index !== bob) };

    assert.equal(decide(withoutBob, accusation), "accuser-wrong");
  });

  it("does not carry an accusation over to another attempt", () => {
    const later = accepted(sessionOf(4, 3, 2));
    const again = withCiphertext(dealOf(later, dealer), bob, "5a".repeat(48));

    const verdict = decideAccusation(later.session, again, accusation, later.accepts[1]!.encryptionKey);

    assert.equal(verdict, "accuser-wrong");
  });
});
