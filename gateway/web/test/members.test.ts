import assert from "node:assert/strict";
import { parseMemberId } from "@comity/protocol";
import { shownMembers } from "../src/view/members.ts";

const named = (index: number, id: string, name = id) => ({ index, memberId: parseMemberId(id), name });
const founders = {
  members: [named(1, "aa"), named(2, "bb")].map((each) => ({ ...each, mspId: "", identityKey: "" })),
};
const saying = (...members: ReturnType<typeof named>[]) => ({
  members: members.map((each) => ({ ...each, node: { state: "ready" as const, ledgerHeight: "7" } })),
});

describe("the members on the page", () => {
  it("have their names from genesis, whatever the gateway calls them", () => {
    const shown = shownMembers(saying(named(1, "aa", "Other"), named(2, "bb")), founders);

    assert.deepEqual(
      shown.map(({ name, node }) => `${name} ${node}`),
      ["aa ready", "bb ready"],
    );
  });

  it("are also those that joined since, marked as the gateway's word, and those that left", () => {
    const shown = shownMembers(saying(named(2, "bb"), named(5, "ee")), founders);

    assert.deepEqual(
      shown.map(({ memberId, node, hasJoined }) => [memberId, node, hasJoined]),
      [
        ["aa", "left", false],
        ["bb", "ready", false],
        ["ee", "ready", true],
      ],
    );
  });

  it("have left nobody while the gateway has said nothing yet", () => {
    assert.deepEqual(
      shownMembers(undefined, founders).map(({ node }) => node),
      ["unknown", "unknown"],
    );
  });
});
