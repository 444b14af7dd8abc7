import assert from "node:assert/strict";
import { canonicalString, faultBound, registerView } from "@comity/protocol";
import { found, genesisOf, identity, MEMBER_IDS, nodeOf } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");
const node = identity("ch", "node");
const registration = nodeOf("ch");

describe("coalition:Genesis", () => {
  it("founds the network once, whoever brings the record again", async () => {
    const { ledger, genesis, networkId } = await found();

    const again = await ledger.submit(identity("jp", "officer"), "coalition:Genesis", genesis);

    assert.deepEqual(again, { networkId });
    assert.equal(ledger.last.writes.size, 0);
    assert.deepEqual(
      ledger.events.map(({ type, subject }) => ({ type, subject })),
      [{ type: "genesis", subject: networkId }],
    );
  });

  it("gives back the exact text whose hash is the network's id", async () => {
    const { ledger, genesis } = await found();
    const text = await ledger.evaluate(officer, "coalition:ReadGenesis");
    assert.equal(canonicalString(text), canonicalString(genesis));
  });

  it("refuses a record that lacks a figure of the rulebook", async () => {
    const { rulebook } = genesisOf();
    const lacking = Object.fromEntries(
      Object.entries(rulebook).filter(([name]) => name !== "noticeLeadDays"),
    );
    await refused(found({ rulebook: lacking }), "ARGUMENT_INVALID");
  });

  it("refuses a record with a member whose entry in the register could not be read", async () => {
    const { members } = genesisOf();
    await refused(
      found({ members: members.map((member) => ({ ...member, name: " " })) }),
      "DOCUMENT_INVALID",
    );
  });

  it("refuses an organisation that the record does not name", async () => {
    const { ledger, genesis } = await found();
    await refused(
      ledger.submit({ ...officer, mspId: "StrangerMSP" }, "coalition:Genesis", genesis),
      "CALLER_UNKNOWN",
    );
  });
});

describe("coalition:RegisterNode", () => {
  it("shows the node in the register", async () => {
    const { ledger, genesis } = await found();

    await ledger.submit(node, "coalition:RegisterNode", registration);

    const view = registerView(await ledger.evaluate(identity("jp", "gateway"), "coalition:ReadRegister"));
    const { peerId, addresses, intakeAddress } = registration;
    assert.deepEqual(
      view.members.map(({ memberId }) => memberId),
      MEMBER_IDS,
    );
    assert.deepEqual(view.members[0]?.node, { peerId, addresses, intakeAddress, rev: 1 });
    assert.equal(view.members[1]?.node, undefined);
    assert.deepEqual(view.clock, genesis.clock);
    assert.equal(faultBound(view.members.length), 1);
  });

  it("counts changes, and takes a repeat for what it is", async () => {
    const { ledger } = await found();
    const moved = { ...registration, intakeAddress: "127.0.0.1:5002" };

    await ledger.submit(node, "coalition:RegisterNode", registration);
    await ledger.submit(node, "coalition:RegisterNode", registration);
    assert.equal(ledger.last.writes.size, 0);
    await ledger.submit(node, "coalition:RegisterNode", moved);

    const revs = ledger.events.filter(({ type }) => type === "node-registered").map(({ rev }) => rev);
    assert.deepEqual(revs, [1, 2]);
  });

  it("keeps a peer id with its member for ever", async () => {
    const { ledger } = await found();
    await ledger.submit(node, "coalition:RegisterNode", registration);
    await ledger.submit(node, "coalition:RegisterNode", nodeOf("ch", "another peer"));

    const claim = ledger.submit(identity("jp", "node"), "coalition:RegisterNode", nodeOf("jp"));

    await refused(claim, "PEER_TAKEN");
  });

  it("gives no member a peer id whose key did not sign for that member, though it comes first", async () => {
    const { ledger } = await found();
    const seen = { ...registration, memberId: "jp" };

    await refused(ledger.submit(identity("jp", "node"), "coalition:RegisterNode", seen), "PEER_SIGNATURE");
    await ledger.submit(node, "coalition:RegisterNode", registration);
  });
});
