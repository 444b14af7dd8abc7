import assert from "node:assert/strict";
import { collections } from "../../src/channel/collection.ts";
import { configtx, profile } from "../../src/channel/configtx.ts";
import { sampleTopology } from "../sampleTopology.ts";

const settingsOf = (n: number) => {
  const config = configtx(sampleTopology(n), (mspId) => `/msp/${mspId}`);
  return config.Profiles[profile];
};

describe("the channel's configuration", () => {
  for (const [n, q] of [
    [4, 3],
    [5, 4],
    [7, 5],
    [16, 11],
  ] as const) {
    it(`asks ${q} of ${n} members for everything that binds all`, () => {
      const { Application, Orderer } = settingsOf(n);
      const { Policies } = Application;

      for (const policy of [Policies.Endorsement, Policies.LifecycleEndorsement]) {
        const members = Array.from({ length: n }, (_, at) => `'X${at + 1}MSP.peer'`).join(", ");
        assert.deepEqual(policy, { Type: "Signature", Rule: `OutOf(${q}, ${members})` });
      }
      for (const policy of [Policies.Admins, Orderer.Policies.Admins]) {
        assert.match(policy.Rule, new RegExp(`^OutOf\\(${q}, 'X1MSP\\.admin', `));
        assert.equal(policy.Rule.match(/admin/g)?.length, n);
      }
    });
  }

  it("never counts a majority, nor a surety", () => {
    const text = JSON.stringify(settingsOf(4));

    assert.doesNotMatch(text, /MAJORITY/);
    assert.doesNotMatch(text, /OutOf\([^)]*Harbour/);
  });

  it("lets a surety read and write, and endorse nothing", () => {
    const { Application, Orderer } = settingsOf(4);
    const surety = Application.Organizations.find(({ ID }) => ID === "HarbourMSP");

    assert.deepEqual(Object.keys(surety?.Policies ?? {}), ["Readers", "Writers", "Admins"]);
    assert.equal(surety?.MSPDir, "/msp/HarbourMSP");
    assert.equal(Orderer.Organizations.length, 4);
  });

  it("has every member's orderer as a consenter, in the order of the topology", () => {
    const { Orderer } = settingsOf(4);

    assert.deepEqual(
      Orderer.ConsenterMapping.map(({ ID, MSPID, Port }) => [ID, MSPID, Port]),
      [1, 2, 3, 4].map((id) => [id, `X${id}MSP`, 10_000 + (id - 1) * 10]),
    );
  });

  it("has one private collection, which members read and write and nobody else", () => {
    const [only, ...more] = collections(sampleTopology(4));

    assert.deepEqual(more, []);
    assert.equal(only?.policy, "OR('X1MSP.member', 'X2MSP.member', 'X3MSP.member', 'X4MSP.member')");
    assert.deepEqual([only.memberOnlyRead, only.memberOnlyWrite], [true, true]);
    assert.equal(only.maxPeerCount, 3);
  });
});
