import assert from "node:assert/strict";
import { BLS_CIPHERSUITE, sha256, toHex, utf8 } from "@comity/protocol";
import * as second from "@noble/bls12-381";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import {
  combinePartials,
  combineShares,
  groupKeyOf,
  publicShareOf,
  signPartial,
  transcriptHash,
} from "../src/index.ts";
import { accepted, dealOf, generateKey, open, sessionOf, upTo } from "./keyGeneration.ts";
import { chosenDeal } from "./malice.ts";
import { Fr } from "../src/scalar.ts";

const digest = sha256(utf8("statement"));
const everybody = [
  { n: 4, t: 3 },
  { n: 5, t: 4 },
  { n: 7, t: 5 },
].map((size) => ({ ...size, dealers: upTo(size.n), openers: upTo(size.n) }));
/** As few as may make and use a key, which also keeps n² openings short. */
const bareQuorum = { n: 16, t: 11, dealers: upTo(11), openers: upTo(16).slice(5) };

for (const { n, t, dealers, openers } of [...everybody, bareQuorum]) {
  describe(`key generation among ${n} with threshold ${t} and ${dealers.length} dealers`, function () {
    this.timeout(60_000); // 121 openings at n = 16, 40 ms each
    let key: ReturnType<typeof generateKey>;
    before(() => (key = generateKey(n, t, dealers, openers)));

    it("gives each member the secret of its public share", () => {
      assert.deepEqual([...key.publicShares.keys()], upTo(n));
      for (const [index, share] of key.shares)
        assert.deepEqual(publicShareOf(share), key.publicShares.get(index));
    });

    it("makes signatures that libraries accept which did not make them", async () => {
      const partials = [...key.shares].map(([index, share]) => ({
        index,
        partial: signPartial(share, digest),
      }));

      const signature = combinePartials({ ...key, threshold: t, digest, partials: partials.reverse() });

      const { longSignatures } = bls12_381;
      const hashed = longSignatures.hash(digest, BLS_CIPHERSUITE);
      assert.equal(longSignatures.verify(signature, hashed, key.groupKey), true);
      second.utils.setDSTLabel(BLS_CIPHERSUITE);
      assert.equal(await second.verify(signature, digest, key.groupKey), true);
      assert.equal(await second.verify(signature, sha256(digest), key.groupKey), false);
    });
  });
}

describe("groupKeyOf", () => {
  let key: ReturnType<typeof generateKey>;
  before(() => (key = generateKey(4, 3, upTo(4), [2])));

  it("takes n−f deals when one member deals nothing, and that member has its share", () => {
    const { session, deals } = key;
    const three = deals.filter((deal) => deal.dealer !== 2);

    const { publicShares } = groupKeyOf(session, three);

    assert.deepEqual(
      publicShareOf(combineShares(three.map((deal) => open(key, deal, 2)))),
      publicShares.get(2),
    );
  });

  it("refuses fewer than n−f deals, and two of one dealer", () => {
    const { session, deals } = key;

    assert.throws(() => groupKeyOf(session, deals.slice(2)), { code: "KEY_DEALS" });
    assert.throws(() => groupKeyOf(session, [...deals.slice(1), deals[1]!]), { code: "KEY_DEALS" });
  });

  it("refuses deals that cancel each other out", () => {
    const deals = [1n, 1n, -2n].map((a, i) => chosenDeal(key, i + 1, [Fr.create(a), 5n, 7n], 9n));

    assert.throws(() => groupKeyOf(key.session, deals), { code: "KEY_DEALS" });
  });

  it("leaves out a member whose public share would be infinity", () => {
    const polynomials = [
      [1n, 1n, 1n],
      [1n, 1n, 1n],
      [2n, -4n, -2n],
    ]; // 4 − 2x in all, which is 0 for member 2
    const deals = polynomials.map((each, i) =>
      chosenDeal(
        key,
        i + 1,
        each.map((a) => Fr.create(a)),
        9n,
      ),
    );

    assert.deepEqual([...groupKeyOf(key.session, deals).publicShares.keys()], [1, 3, 4]);
  });

  it("gives one key and one transcript in whatever order the deals come", () => {
    const { session, accepts, deals } = key;
    const shuffled = deals.toReversed();

    assert.deepEqual(groupKeyOf(session, shuffled), groupKeyOf(session, deals));
    assert.deepEqual(
      transcriptHash(session, accepts.toReversed(), shuffled),
      transcriptHash(session, accepts, deals),
    );
  });
});

describe("transcriptHash", () => {
  it("changes with the session, each acceptance and each deal", () => {
    const group = accepted(sessionOf(4, 3));
    const { session, accepts } = group;
    const deals = upTo(4).map((dealer) => dealOf(group, dealer));
    const whole = transcriptHash(session, accepts, deals);

    const parts = [
      transcriptHash({ ...session, attempt: 2 }, accepts, deals),
      transcriptHash(session, accepts.slice(1), deals),
      transcriptHash(session, accepts, deals.slice(1)),
      transcriptHash(session, accepts, deals.with(0, dealOf(group, 1))),
    ];

    assert.equal(new Set([whole, ...parts].map(toHex)).size, 5);
  });
});
