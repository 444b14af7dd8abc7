import assert from "node:assert/strict";
import { decodeG2, type G2Point, nobleBls, sha256, utf8 } from "@comity/protocol";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import fc from "fast-check";
import { combinePartials, signPartial, verifyPartial } from "../src/index.ts";
import { interpolate } from "../src/interpolate.ts";
import { generateKey, upTo } from "./keyGeneration.ts";

const n = 7;
const t = 5;
const digest = sha256(utf8("statement"));

describe("partial signatures", function () {
  this.timeout(20_000); // properties over pairings
  let key: ReturnType<typeof generateKey>;
  let partials: { index: number; partial: Uint8Array }[];
  let signature: Uint8Array;
  const combine = (given: typeof partials, changes = {}) =>
    combinePartials({ ...key, threshold: t, digest, partials: given, ...changes });

  before(() => {
    key = generateKey(n, t, upTo(5));
    partials = upTo(n).map((index) => ({ index, partial: signPartial(key.shares.get(index)!, digest) }));
    signature = combine(partials);
  });

  it("combine to the same signature, whichever t of n they are and in whatever order", () => {
    const anyT = fc.shuffledSubarray(upTo(n), { minLength: t, maxLength: n });

    fc.assert(
      fc.property(anyT, (indices) => {
        assert.deepEqual(combine(indices.map((index) => partials[index - 1]!)), signature);
      }),
      { numRuns: 10 },
    );
  });

  it("never combine when they are t−1", () => {
    const tooFew = fc.shuffledSubarray(upTo(n), { minLength: 1, maxLength: t - 1 });

    fc.assert(
      fc.property(tooFew, (indices) => {
        const few = indices.map((index) => partials[index - 1]!);
        const points = new Map(
          few.map(({ index, partial }): [number, G2Point] => [index, decodeG2(partial)!]),
        );

        assert.throws(() => combine(few), { code: "COMBINE_TOO_FEW" });
        assert.equal(nobleBls.verify(key.groupKey, digest, interpolate(points)), false);
      }),
      { numRuns: 10 },
    );
  });

  it("count once each", () => {
    const repeated = [...partials.slice(0, t - 1), ...partials.slice(0, t - 1)];

    assert.throws(() => combine(repeated), { code: "COMBINE_TOO_FEW" });
  });

  it("are verified against the public share of the member that they claim", () => {
    const [first, other] = partials;

    assert.equal(verifyPartial(key.publicShares.get(1)!, digest, first!.partial), true);
    assert.equal(verifyPartial(key.publicShares.get(1)!, digest, other!.partial), false);
    assert.equal(verifyPartial(key.publicShares.get(1)!, sha256(digest), first!.partial), false);
    assert.equal(verifyPartial(key.publicShares.get(1)!, digest, new Uint8Array(96)), false);
  });

  it("combine though one member floods with bad ones", () => {
    const flood = Array.from({ length: 50 }, (_, i) => ({
      index: 1,
      partial: signPartial(key.shares.get(1)!, sha256(Uint8Array.of(i))),
    }));
    const foreign = [0, n + 1, -1, 1.5].map((index) => ({ index, partial: partials[0]!.partial }));

    assert.deepEqual(combine([...flood, ...foreign, ...partials.slice(1)]), signature);
  });

  it("never give a signature that does not verify", () => {
    const other = bls12_381.G1.Point.BASE.toBytes(true);

    assert.throws(() => combine(partials, { groupKey: other }), { code: "COMBINE_MISMATCH" });
    assert.throws(() => combine(partials, { threshold: t - 1 }), { code: "COMBINE_MISMATCH" });
    assert.throws(() => combine(partials, { digest: sha256(digest) }), { code: "COMBINE_TOO_FEW" });
  });

  it("need a proper secret share", () => {
    for (const share of [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(31).fill(1)]) {
      assert.throws(() => signPartial(share, digest), { code: "SECRET_INVALID" });
    }
  });
});
