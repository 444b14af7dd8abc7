import assert from "node:assert/strict";
import {
  type Ballot,
  DAY_MS,
  figure,
  type MemberId,
  memberId,
  quorumOf,
  type VenueDocument,
  venueDocument,
  type VenueStatus,
} from "@comity/protocol";
import fc from "fast-check";
import {
  type CaseAction,
  caseTransitions,
  castVote,
  nominate,
  openVote,
  type OpeningCircumstances,
  publish,
  respond,
  serve,
} from "../../src/designation/designationRules.ts";
import { LedgerError } from "../../src/ledger/ledgerError.ts";
import { nominationOf, PROOF } from "../fixture/case.ts";
import { genesisOf, ORIGIN_MS } from "../fixture/coalition.ts";

const genesis = genesisOf();
const memberAt = (position: number): MemberId =>
  memberId(String.fromCharCode(97 + Math.floor(position / 26), 97 + (position % 26)));

function at(policyMs: number, position = 0, electorate = 4): OpeningCircumstances {
  return { genesis, electorate, time: { policyMs }, memberId: memberAt(position) };
}

const signed = { rev: 1, keyEpoch: 1, signature: "ab".repeat(96) };

const actions: {
  readonly [A in CaseAction]: (
    venue: VenueDocument,
    when: OpeningCircumstances,
    salt: number,
  ) => VenueDocument | undefined;
} = {
  serve: (venue, when) => serve(venue, PROOF, when),
  respond: (venue, when, salt) => respond(venue, `${salt}${salt}`.repeat(32), when),
  designate: (venue, when) => openVote(venue, { question: "designate", reason: "why" }, when),
  delist: (venue, when, salt) => openVote(venue, { question: "delist", reason: `why ${salt}` }, when),
  vote: (venue, when, salt) => {
    const { openedRev = 1 } = venue.ballot ?? {};
    const decision = salt === 0 ? "refuse" : "approve";
    return castVote(venue, { venueId: venue.venueId, openedRev, decision, reason: "why" }, when);
  },
  publish: (venue, when) => publish(venue, signed, when),
};

const step = fc.record({
  action: fc.constantFrom(...(Object.keys(actions) as CaseAction[])),
  afterDays: fc.integer({ min: 0, max: 40 }),
  member: fc.integer({ min: 0, max: 3 }),
  salt: fc.integer({ min: 0, max: 3 }),
});

/** The open vote on a case of so many members. */
function opened(question: Ballot["question"], members: number): VenueDocument {
  const served = serve(nominate(nominationOf(), at(ORIGIN_MS)), PROOF, at(ORIGIN_MS))!;
  const later = ORIGIN_MS + 30 * DAY_MS;
  if (question === "designate") return openVote(served, { question, reason: "why" }, at(later, 0, members))!;
  const listed: VenueDocument = { ...served, status: "listed" };
  return openVote(listed, { question, reason: "why" }, at(later, 0, members))!;
}

/** How a case ends if members vote in some order; votes after the end are refused. */
function countedInOrder(
  venue: VenueDocument,
  votes: readonly (readonly [position: number, isApproval: boolean])[],
): VenueDocument {
  return votes.reduce((before, [position, isApproval]) => {
    const { openedRev } = before.ballot!;
    const decision = isApproval ? "approve" : "refuse";
    const request = { venueId: before.venueId, openedRev, decision, reason: "why" } as const;
    try {
      return castVote(before, request, at(ORIGIN_MS + 31 * DAY_MS, position)) ?? before;
    } catch (error) {
      assert.ok(error instanceof LedgerError && error.code === "VENUE_STATE");
      return before;
    }
  }, venue);
}

const elections = fc
  .record({
    question: fc.constantFrom("designate" as const, "delist" as const),
    members: fc.integer({ min: 4, max: 24 }),
  })
  .chain(({ question, members }) => {
    const votes = fc
      .array(fc.boolean(), { maxLength: members })
      .map((all) => all.map((vote, i) => [i, vote] as const));
    const orders = votes.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })),
    );
    return fc.record({ question: fc.constant(question), members: fc.constant(members), orders });
  });

describe("The states of a case", () => {
  it("are left only as the table says, by any order of actions, and every revision is a valid document", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
        let now = ORIGIN_MS;
        let venue = nominate(nominationOf(), at(now));
        for (const { action, afterDays, member, salt } of steps) {
          now += afterDays * DAY_MS;
          const before = venue;
          try {
            venue = actions[action](before, at(now, member), salt) ?? before;
          } catch (error) {
            assert.ok(error instanceof LedgerError, String(error));
            continue;
          }
          if (venue === before) continue;
          assert.ok(caseTransitions[before.status][action]?.includes(venue.status));
          assert.equal(venue.rev, before.rev + 1);
          assert.equal(venue.changedMs, now);
          assert.deepEqual(venueDocument(venue), venue);
        }
      }),
    );
  });

  it("end where the table has no way on", () => {
    const ends = Object.entries(caseTransitions).filter(([, next]) => Object.keys(next).length === 0);
    assert.deepEqual(
      ends.map(([status]) => status),
      ["rejected", "delisted"] satisfies VenueStatus[],
    );
  });

  it("come to a vote never before the response, or the time to respond, is over", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * DAY_MS }), fc.boolean(), (elapsed, hasResponded) => {
        const served = serve(nominate(nominationOf(), at(ORIGIN_MS)), PROOF, at(ORIGIN_MS))!;
        const venue = hasResponded ? respond(served, "12".repeat(32), at(ORIGIN_MS))! : served;
        const open = (): VenueDocument | undefined =>
          openVote(venue, { question: "designate", reason: "why" }, at(ORIGIN_MS + elapsed));
        const days = Number(figure(genesis, "responseDays"));
        if (hasResponded || elapsed >= days * DAY_MS) assert.equal(open()?.status, "voting");
        else assert.throws(open, (error) => error instanceof LedgerError && error.code === "VENUE_CLOCK");
      }),
    );
  });
});

describe("A vote", () => {
  it("comes to the same end in whatever order the members vote", () => {
    fc.assert(
      fc.property(elections, ({ question, members, orders: [first, second] }) => {
        const venue = opened(question, members);
        assert.equal(countedInOrder(venue, second).status, countedInOrder(venue, first).status);
      }),
    );
  });

  it("needs a quorum to designate and more than half to delist, and ends as soon as it cannot be reached", () => {
    fc.assert(
      fc.property(elections, ({ question, members, orders: [votes] }) => {
        const approvals = votes.filter(([, isApproval]) => isApproval).length;
        const needed = question === "designate" ? quorumOf(members) : Math.floor(members / 2) + 1;
        const isLost = members - (votes.length - approvals) < needed;
        const { status } = countedInOrder(opened(question, members), votes);
        const expected = {
          designate: approvals >= needed ? "designated" : isLost ? "rejected" : "voting",
          delist: approvals >= needed ? "delisting-decided" : isLost ? "listed" : "delisting",
        };
        assert.equal(status, expected[question]);
      }),
    );
  });

  it("counts each member once, however often it votes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 20 }), (voters) => {
        const venue = countedInOrder(
          opened("designate", 4),
          voters.map((position) => [position, true] as const),
        );
        const voted = venue.ballot!.votes.map(({ memberId: voter }) => voter);
        assert.equal(new Set(voted).size, voted.length);
        assert.equal(venue.status, new Set(voters).size >= 3 ? "designated" : "voting");
      }),
    );
  });

  it("is of the revision that the officer read", () => {
    const venue = opened("designate", 4);
    const { venueId, ballot } = venue;
    const voteOn = (openedRev: number): VenueDocument | undefined =>
      castVote(venue, { venueId, openedRev, decision: "approve", reason: "why" }, at(ORIGIN_MS));
    assert.equal(voteOn(ballot!.openedRev)?.ballot?.votes.length, 1);
    assert.throws(() => voteOn(ballot!.openedRev - 1), { code: "VOTE_REVISION" });
  });
});
