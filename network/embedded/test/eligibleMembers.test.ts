import assert from "node:assert/strict";
import { ChaincodeDefinitions } from "../src/definition/chaincodeDefinitions.ts";
import { eligibleMembers } from "../src/endorse/eligibleMembers.ts";
import { RpcError } from "../src/wire/rpcError.ts";

const members = ["A", "B", "C", "D"].map((mspId) => ({ mspId }));
const definitions = new ChaincodeDefinitions([
  {
    name: "test",
    collections: [
      ["ab", ["A", "B"]],
      ["bc", ["B", "C"]],
      ["abc", ["A", "B", "C"]],
    ].map(([name, of]) => ({
      name: name as string,
      members: of as string[],
      memberOnlyRead: false,
      memberOnlyWrite: false,
      blockToLive: 0,
    })),
  },
]);

function eligible(read: readonly string[], written: readonly string[], isProtected = false): string {
  const idsOf = (names: readonly string[]) => names.map((name) => ({ namespace: "test", name }));
  const privateData = {
    results: undefined,
    collectionsRead: idsOf(read),
    collectionsWritten: idsOf(written),
  };
  const found = eligibleMembers(members, privateData, { quorum: 2, definitions, isProtected });
  return found.map(({ mspId }) => mspId).join("");
}

describe("eligibleMembers", () => {
  it("takes all where no values are read, and the members of every collection of which some are", () => {
    assert.equal(eligible([], ["ab"]), "ABCD");
    assert.equal(eligible(["ab"], []), "AB");
    assert.equal(eligible(["ab", "abc"], ["bc"]), "AB");
  });

  it("takes members of what is written only, where the proposal has transient data", () => {
    assert.equal(eligible([], ["ab"], true), "AB");
    assert.equal(eligible(["abc"], ["ab"], true), "AB");
    assert.equal(eligible([], [], true), "ABCD");
  });

  it("refuses where too few are members, and says when only the transient data forbids others", () => {
    const refusal = (text: RegExp) => (e: unknown) => {
      assert.ok(e instanceof RpcError);
      assert.equal(e.code, 9);
      assert.match(e.message, text);
      return true;
    };
    assert.throws(
      () => eligible(["ab", "bc"], ["abc"], true),
      refusal(/no peer combination can satisfy the endorsement policy$/),
    );
    assert.throws(
      () => eligible(["abc"], ["abc", "ab", "bc"], true),
      refusal(/private data collection\(s\): \[ab bc\]; retry specifying trusted endorsing organizations/),
    );
  });
});
