import assert from "node:assert/strict";
import {
  checkDeal,
  createDeal,
  createEncryptionKey,
  type Deal,
  dealHash,
  verifyEncryptionKey,
} from "../src/index.ts";
import { accepted, dealOf, seededRandom, sessionOf, upTo } from "./keyGeneration.ts";
import { chosenDeal, improperPointsFor, thiefDeal } from "./malice.ts";

const group = accepted(sessionOf(4, 3));
const { session, accepts, random } = group;
const alice = dealOf(group, 1);
const mallory = 2;
const [aliceAccepts] = accepts;

const improperPoints = improperPointsFor(aliceAccepts!.encryptionKey);

describe("checkDeal", () => {
  const check = (deal: Deal, dealer = deal.dealer) => checkDeal(session, dealer, deal, accepts);
  const malformed = (deal: Deal, code: string) => assert.throws(() => check(deal), { code });

  it("passes a good deal", () => {
    check(alice);
  });

  it("refuses a deal that another member sent", () => {
    assert.throws(() => check(alice, mallory), { code: "DEAL_DEALER" });
    malformed({ ...alice, dealer: 5 }, "DEAL_DEALER");
  });

  it("refuses polynomials of another degree", () => {
    for (const degree of [1, 3]) {
      malformed(chosenDeal(group, 1, upTo(degree + 1).map(BigInt), 9n), "DEAL_DEGREE");
    }
  });

  it("refuses shares for others than those who accepted, or in another order", () => {
    const [first, second, third, fourth] = alice.shares;

    malformed({ ...alice, shares: [] }, "DEAL_RECIPIENTS");
    malformed({ ...alice, shares: [first!, second!, third!] }, "DEAL_RECIPIENTS");
    malformed({ ...alice, shares: [first!, second!, third!, third!] }, "DEAL_RECIPIENTS");
    malformed({ ...alice, shares: [first!, second!, fourth!, third!] }, "DEAL_RECIPIENTS");
    malformed({ ...alice, shares: [...alice.shares, { ...fourth!, index: 5 }] }, "DEAL_RECIPIENTS");
  });

  for (const [name, point] of Object.entries(improperPoints)) {
    it(`refuses ${name} wherever a point stands`, () => {
      malformed({ ...alice, ephemeral: point }, "DEAL_POINT");
      for (const position of [0, 1, 2]) {
        malformed({ ...alice, commitments: alice.commitments.with(position, point) }, "DEAL_POINT");
      }
    });
  }

  it("refuses a changed commitment, and proofs that are changed or exchanged", () => {
    const { commitments, proof, ephemeral, ephemeralProof } = alice;
    const zero = "00".repeat(64);
    const large = "ff".repeat(64);

    malformed({ ...alice, commitments: commitments.with(2, ephemeral) }, "DEAL_PROOF");
    for (const bad of [
      ephemeralProof,
      zero,
      large,
      `${proof.slice(0, 127)}${proof.endsWith("0") ? "1" : "0"}`,
    ]) {
      malformed({ ...alice, proof: bad }, "DEAL_PROOF");
    }
    for (const bad of [proof, zero, large]) malformed({ ...alice, ephemeralProof: bad }, "DEAL_EPHEMERAL");
  });

  it("refuses a proof for one purpose where another is wanted, even for equal secrets", () => {
    const deal = chosenDeal(group, 1, [7n, 8n, 9n], 7n);
    check(deal);

    malformed({ ...deal, proof: deal.ephemeralProof, ephemeralProof: deal.proof }, "DEAL_PROOF");
  });

  it("refuses a copied deal, and a copied ephemeral key under commitments of one's own", () => {
    const own = dealOf(group, mallory);

    malformed({ ...alice, dealer: mallory }, "DEAL_PROOF");
    malformed({ ...own, ephemeral: alice.ephemeral, ephemeralProof: alice.ephemeralProof }, "DEAL_PROOF");
  });

  it("refuses a copied ephemeral key though its thief proved everything else", () => {
    const thief = thiefDeal(group, mallory, alice);

    assert.equal(thief.ephemeral, alice.ephemeral);
    malformed({ ...thief, ephemeralProof: alice.ephemeralProof }, "DEAL_EPHEMERAL");
  });

  it("refuses a deal from another attempt, network or threshold", () => {
    for (const other of [{ attempt: 2 }, { networkId: "60".repeat(32) }, { n: 5, t: 4 }]) {
      const changed = { ...session, ...other };
      const commitments = [...alice.commitments, alice.ephemeral].slice(0, changed.t);

      assert.throws(() => checkDeal(changed, 1, { ...alice, commitments }, accepts), { code: "DEAL_PROOF" });
    }
  });

  it("refuses sessions out of range", () => {
    for (const wrong of [
      { n: 3, t: 3 },
      { t: 2 },
      { t: 4 },
      { attempt: 0 },
      { attempt: 1.5 },
      { networkId: "5F" },
    ]) {
      assert.throws(() => checkDeal({ ...session, ...wrong }, 1, alice, accepts), {
        code: "SESSION_INVALID",
      });
    }
  });
});

describe("dealHash", () => {
  it("tells two deals of one dealer apart, and knows the same deal again", () => {
    const again = JSON.parse(JSON.stringify(alice)) as Deal;
    const { dealer, ...rest } = again;

    assert.deepEqual(dealHash({ ...rest, dealer }), dealHash(alice));
    assert.notDeepEqual(dealHash(dealOf(group, 1)), dealHash(alice));
  });
});

describe("createDeal", () => {
  const create = (recipients: typeof accepts, dealer = 1, source = random) =>
    createDeal({ session, dealer, recipients, random: source });

  it("deals to nobody whose encryption key is not proven", () => {
    const [first, second, third, fourth] = accepts;
    const bad = [
      { ...fourth!, encryptionKey: third!.encryptionKey },
      { ...third!, index: 4 },
      { ...fourth!, encryptionKey: improperPoints.infinity },
      third!,
    ];

    for (const last of bad) {
      assert.throws(() => create([first!, second!, third!, last]), { code: "DEAL_RECIPIENTS" });
    }
  });

  it("refuses a dealer from outside, and a random source that gives too little", () => {
    assert.throws(() => create(accepts, 5), { code: "DEAL_DEALER" });
    assert.throws(() => create(accepts, 1, () => new Uint8Array(16)), { code: "RANDOM_INVALID" });
  });
});

describe("verifyEncryptionKey", () => {
  const { index, encryptionKey, proof } = aliceAccepts!;

  it("accepts a key with its proof for its member and session alone", () => {
    assert.equal(verifyEncryptionKey(session, index, encryptionKey, proof), true);
    assert.equal(verifyEncryptionKey(session, 2, encryptionKey, proof), false);
    assert.equal(verifyEncryptionKey({ ...session, attempt: 2 }, index, encryptionKey, proof), false);
    assert.equal(verifyEncryptionKey(session, index, accepts[1]!.encryptionKey, proof), false);
  });

  it("refuses improper points, malformed proofs and members from outside without throwing", () => {
    for (const point of [...Object.values(improperPoints), "", "zz", encryptionKey.toUpperCase()]) {
      assert.equal(verifyEncryptionKey(session, index, point, proof), false);
    }
    for (const bad of ["", "00", "ff".repeat(64), proof.slice(2), proof.toUpperCase()]) {
      assert.equal(verifyEncryptionKey(session, index, encryptionKey, bad), false);
    }
    for (const outside of [0, 5, -1, 1.5, Number.NaN]) {
      assert.equal(verifyEncryptionKey(session, outside, encryptionKey, proof), false);
    }
  });

  it("is fresh for each key", () => {
    const source = seededRandom("fresh");

    const [first, second] = [1, 2].map(() => createEncryptionKey({ session, index, random: source }));

    assert.notDeepEqual(first!.secret, second!.secret);
    assert.notEqual(first!.accept.encryptionKey, second!.accept.encryptionKey);
  });
});
