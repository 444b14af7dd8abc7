import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bucketOf,
  decodeGenesis,
  DecodeError,
  encodeCanonical,
  faultBound,
  figure,
  GenesisError,
  policyTime,
  quorumOf,
  realTime,
  RulebookError,
} from "../src/index.ts";
import { genesis, genesisBytes } from "./fixture.ts";

const changed = (change: object): Uint8Array => encodeCanonical({ ...genesis, ...change });
const refused = (change: object, code: string): void =>
  assert.throws(
    () => decodeGenesis(changed(change)),
    (error) => error instanceof GenesisError && error.code === code,
  );

describe("genesis records", () => {
  it("decode to what was encoded", () =>
    assert.deepEqual(encodeCanonical(decodeGenesis(genesisBytes)), genesisBytes));

  it("are refused with a threshold outside of quorum and n − f", () => {
    refused({ threshold: 2 }, "GENESIS_QUORUM");
    refused({ threshold: 4 }, "GENESIS_QUORUM");
  });

  it("are refused when members share a key or are not in order", () => {
    const [first, ...rest] = genesis.members;
    refused({ members: [...rest, first] }, "GENESIS_MEMBERS");
    refused(
      { members: genesis.members.map((member) => ({ ...member, identityKey: first?.identityKey })) },
      "GENESIS_MEMBERS",
    );
    refused({ members: genesis.members.map((member) => ({ ...member, memberId: "xa" })) }, "GENESIS_MEMBERS");
  });

  it("are refused when production scales time", () => refused({ mode: "production" }, "GENESIS_CLOCK"));

  it("are refused with fewer than four members or a key too many", () => {
    assert.throws(() => decodeGenesis(changed({ members: genesis.members.slice(1) })), DecodeError);
    assert.throws(() => decodeGenesis(changed({ extra: 1 })), DecodeError);
  });
});

describe("quorum", () => {
  const cases = { 4: [1, 3], 5: [1, 4], 6: [1, 4], 7: [2, 5], 16: [5, 11] } as const;
  for (const [n, expected] of Object.entries(cases)) {
    it(`is ${expected[1]} of ${n}`, () =>
      assert.deepEqual([faultBound(Number(n)), quorumOf(Number(n))], expected));
  }

  it("never exceeds those that work when f fail, and two of them share a member that does not lie", () => {
    for (let n = 4; n <= 128; n++) {
      assert.ok(quorumOf(n) <= n - faultBound(n));
      assert.ok(2 * quorumOf(n) - n > faultBound(n));
    }
  });
});

describe("policy time", () => {
  const clock = genesis.clock;

  it("runs fast, then walks on", () => {
    assert.equal(policyTime(clock, clock.originMs + 1_000) - clock.originMs, 86_400_000);
    assert.equal(
      policyTime(clock, clock.originMs + clock.scaledMs + 5) -
        policyTime(clock, clock.originMs + clock.scaledMs),
      5,
    );
    assert.equal(policyTime(clock, clock.originMs - 7), clock.originMs - 7);
  });

  it("never runs backwards, and realTime finds the first moment", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (offset, step) => {
        const at = clock.originMs + offset;
        const policy = policyTime(clock, at);
        assert.ok(policyTime(clock, at + step) > policy);
        assert.equal(realTime(clock, policy), at);
      }),
    );
  });

  it("has buckets of real time", () => assert.equal(bucketOf(clock, 2 * clock.bucketMs + 1), 2));
});

describe("rulebook figures", () => {
  it("come from the genesis record", () => assert.equal(figure(genesis, "noticeLeadDays"), 14n));
  it("are refused where the record lacks them", () =>
    assert.throws(() => figure({ rulebook: {} }, "noticeLeadDays"), RulebookError));
});
