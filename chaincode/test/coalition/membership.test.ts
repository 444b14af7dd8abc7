import assert from "node:assert/strict";
import { membershipDocument, membershipId, quorumOf } from "@comity/protocol";
import { officerOf } from "../bounty/tipKeys.ts";
import { CASE, nominated, readCase, served } from "../fixture/case.ts";
import { coalition } from "../fixture/ceremony.ts";
import { type Founded, found, identity, mspOf } from "../fixture/coalition.ts";
import { changed, joined, joinOf, leaveOf, registerOf, UPDATE, voteBy } from "../fixture/membership.ts";
import { refused } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");
const all = ["ch", "jp", "ke", "no", "se"];

async function idsOf(founded: Founded): Promise<string[]> {
  return (await registerOf(founded)).members.map(({ memberId }) => memberId);
}

describe("A member that joins", function () {
  this.timeout(60_000);

  it("is in the register once a quorum has voted and the channel was changed, and not before", async () => {
    const { founded } = await coalition();
    const { ledger } = founded;
    const newcomer = identity("se", "officer");
    const request = joinOf(founded, "se");

    for (const voter of ["ch", "ch", "jp", "ke"]) await voteBy(founded, voter, request);
    await refused(ledger.submit(newcomer, "rulebook:Read"), "CALLER_UNKNOWN");
    assert.deepEqual(await idsOf(founded), ["ch", "jp", "ke", "no"]);
    await ledger.submit(officer, "coalition:ActivateMembership", membershipId(request), "17");

    const { rev, members, membershipId: last } = await registerOf(founded);
    assert.deepEqual([rev, members.length, last], [1, 5, membershipId(request)]);
    assert.deepEqual([members[4]?.index, members[4]?.mspId], [5, mspOf("se")]);
    assert.ok(await ledger.evaluate(newcomer, "rulebook:Read"));
    const change = membershipDocument(await ledger.evaluate(officer, "coalition:ReadMembership", last ?? ""));
    assert.deepEqual(change.votes, ["ch", "jp", "ke"]);
    assert.deepEqual(change.activation, { configBlock: 17, by: "ch" });
    const events = ledger.events.slice(-4).map(({ type, rev: written }) => `${type} ${written}`);
    assert.deepEqual(events, [
      "membership-proposed 1",
      "membership-proposed 2",
      "membership-adopted 3",
      "member-joined 4",
    ]);
  });

  it("counts in every quorum after it", async () => {
    const { founded } = await coalition();
    await joined(founded);
    const { ledger } = founded;
    const surety = { suretyId: "harbour-vale", name: "Harbour & Vale", mspId: "HarbourMSP" };
    const statuses: string[] = [];
    for (const voter of ["ch", "jp", "ke", "se"]) {
      await ledger.submit(identity(voter, "officer"), "coalition:ProposeSurety", surety);
      const { status } = (await ledger.evaluate(officer, "coalition:ReadSurety", "harbour-vale")) as {
        status: string;
      };
      statuses.push(status);
    }
    assert.deepEqual(statuses, ["proposed", "proposed", "proposed", "admitted"]);

    await served(await nominated(founded));
    await ledger.submit(officer, "designation:Respond", CASE, UPDATE);
    await ledger.submit(officer, "designation:OpenVote", CASE, "designate", "It is time.");

    assert.equal((await readCase(founded)).ballot?.electorate, 5);
    assert.equal(quorumOf(5), 4);
  });

  it("changes nothing when its admission or activation is sent again", async () => {
    const { founded } = await coalition();
    await joined(founded);
    const { ledger } = founded;

    await voteBy(founded, "no", joinOf(founded, "se"));
    assert.equal(ledger.last.writes.size, 0);
    const again = [membershipId(joinOf(founded, "se")), "99"];
    await ledger.submit(officer, "coalition:ActivateMembership", ...again);
    assert.equal(ledger.last.writes.size, 0);
  });
});

describe("A member that leaves", function () {
  this.timeout(60_000);

  it("has no say from then on, and the quorum is the others'", async () => {
    const { founded } = await coalition();
    await joined(founded);
    const { ledger } = founded;
    await changed(founded, leaveOf("no", 1), ["ch", "jp", "ke", "se"]);

    assert.deepEqual(await idsOf(founded), ["ch", "jp", "ke", "se"]);
    assert.deepEqual(
      (await registerOf(founded)).former.map(({ memberId }) => memberId),
      ["no"],
    );
    for (const role of ["officer", "node", "gateway", "operator"])
      await refused(ledger.submit(identity("no", role), "rulebook:Read"), "CALLER_ROLE");
    await refused(voteBy(founded, "no", leaveOf("ch", 2)), "CALLER_ROLE");
  });

  it("is asked for no tip any more, by anybody", async () => {
    const { founded } = await coalition();
    const { ledger } = founded;
    for (const memberId of ["ch", "no"])
      await ledger.submit(
        identity(memberId, "officer"),
        "bounty:RegisterOfficer",
        officerOf(founded, memberId),
      );
    await joined(founded);
    await changed(founded, leaveOf("no", 1), ["ch", "jp", "ke", "se"]);

    const { items } = (await ledger.evaluate(officer, "bounty:ListOfficers", "10", "")) as {
      items: { memberId: string }[];
    };

    assert.deepEqual(
      items.map(({ memberId }) => memberId),
      ["ch"],
    );
  });

  it("leaves no vote behind in what is still open", async () => {
    const { founded } = await coalition();
    const { ledger } = founded;
    const surety = { suretyId: "harbour-vale", name: "Harbour & Vale", mspId: "HarbourMSP" };
    const vote = (voter: string) =>
      ledger.submit(identity(voter, "officer"), "coalition:ProposeSurety", surety);
    await vote("no");
    await joined(founded);
    await changed(founded, leaveOf("no", 1), ["ch", "jp", "ke", "se"]);

    await vote("ch");
    await vote("jp");

    const { votes, status } = (await ledger.evaluate(officer, "coalition:ReadSurety", "harbour-vale")) as {
      votes: string[];
      status: string;
    };
    assert.deepEqual([votes, status], [["ch", "jp"], "proposed"]);
  });

  it("comes back as who it was, with its place in the key", async () => {
    const { founded } = await coalition();
    await joined(founded);
    await changed(founded, leaveOf("no", 1), all.slice(0, 4));

    await changed(founded, joinOf(founded, "no", 2));

    const { members, former } = await registerOf(founded);
    assert.deepEqual(
      members.map(({ index, memberId }) => `${index} ${memberId}`),
      ["1 ch", "2 jp", "3 ke", "4 no", "5 se"],
    );
    assert.deepEqual(former, []);
    assert.ok(await founded.ledger.evaluate(identity("no", "officer"), "rulebook:Read"));
  });
});

describe("Changes of the members", () => {
  it("are listed, with their votes", async () => {
    const { founded } = await coalition();
    await voteBy(founded, "ch", joinOf(founded, "se"));
    await voteBy(founded, "jp", joinOf(founded, "fr"));

    const { items } = (await founded.ledger.evaluate(officer, "coalition:ListMemberships", "10", "")) as {
      items: unknown[];
    };

    assert.deepEqual(
      items
        .map((item) => membershipDocument(item))
        .map(({ votes, status }) => `${votes.join()} ${status}`)
        .sort(),
      ["ch proposed", "jp proposed"],
    );
  });

  it("are officers' to vote for", async () => {
    const founded = await found();
    for (const role of ["node", "gateway", "operator", "inspector"])
      await refused(
        founded.ledger.submit(
          identity("ch", role, { "comity.operator": "alpine" }),
          "coalition:ProposeMembership",
          joinOf(founded, "se"),
        ),
        "CALLER_ROLE",
      );
  });
});
