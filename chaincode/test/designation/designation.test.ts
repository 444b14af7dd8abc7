import assert from "node:assert/strict";
import { addMonths, DAY_MS, page, type VenueDocument, venueDocument } from "@comity/protocol";
import { type Coalition, coalition } from "../fixture/ceremony.ts";
import {
  CASE,
  delisting,
  designated,
  listed,
  nominated,
  nominationOf,
  officerOf,
  PROOF,
  publicationOf,
  readCase,
  served,
  vote,
  voting,
} from "../fixture/case.ts";
import { type Founded, found, identity, operatorIdentity, ORIGIN_MS, ulid } from "../fixture/coalition.ts";
import { refused, type TestLedger } from "../fixture/testLedger.ts";

const node = identity("ke", "node");

/** Asserts that a transaction again changes nothing. */
async function repeats(ledger: TestLedger, again: Promise<unknown>): Promise<void> {
  await again;
  assert.equal(ledger.last.writes.size, 0);
  assert.equal(ledger.last.events.length, 0);
}

const statusOf = async (founded: Founded): Promise<string> => (await readCase(founded)).status;
const lastEvent = ({ ledger }: Founded): string | undefined => ledger.events.at(-1)?.type;

describe("a case", () => {
  it("begins with a member's nomination", async () => {
    const founded = await nominated(await found());

    assert.deepEqual(await readCase(founded), {
      ...{ schemaVersion: 1, rev: 1, ...nominationOf(), nominatedBy: "ch", status: "nominated" },
      ...{ nominatedMs: ORIGIN_MS, changedMs: ORIGIN_MS },
      ...{ served: null, response: null, ballot: null, listing: null, delisting: null },
    });
    assert.equal(lastEvent(founded), "venue-nominated");
    const again = founded.ledger.submit(officerOf(), "designation:Nominate", nominationOf());
    await repeats(founded.ledger, again);
  });

  it("gives the venue thirty days to respond from when its notice was served", async () => {
    const founded = await nominated(await found());
    founded.ledger.nowMs += 2_000;

    await founded.ledger.submit(officerOf(), "designation:Serve", CASE, PROOF);

    const servedMs = ORIGIN_MS + 2 * DAY_MS;
    const expected = { proofHash: PROOF, servedMs, respondByMs: servedMs + 30 * DAY_MS };
    assert.deepEqual((await readCase(founded)).served, expected);
    await repeats(founded.ledger, founded.ledger.submit(officerOf(), "designation:Serve", CASE, PROOF));
  });

  it("is voted on once the thirty days are over, to the millisecond", async () => {
    const open = ["designation:OpenVote", CASE, "designate", "It is time."] as const;
    const early = await served(await found());
    early.ledger.nowMs += 29_999;
    await refused(early.ledger.submit(officerOf("jp"), ...open), "VENUE_CLOCK");
    const due = await served(await found());
    due.ledger.nowMs += 30_000;

    await due.ledger.submit(officerOf("jp"), ...open);

    const { status, ballot } = await readCase(due);
    assert.equal(status, "voting");
    const { openedBy, openedRev, electorate } = ballot!;
    assert.deepEqual({ openedBy, openedRev, electorate }, { openedBy: "jp", openedRev: 3, electorate: 4 });
    await repeats(due.ledger, due.ledger.submit(officerOf("jp"), ...open));
  });

  it("is voted on before that if the venue has responded", async () => {
    const founded = await served(await found());
    const response = ["designation:Respond", CASE, "12".repeat(32)] as const;
    await founded.ledger.submit(officerOf("ke"), ...response);
    await repeats(founded.ledger, founded.ledger.submit(officerOf("no"), ...response));

    await founded.ledger.submit(officerOf(), "designation:OpenVote", CASE, "designate", "It has answered.");

    assert.equal(await statusOf(founded), "voting");
  });

  it("hears a late response as long as no vote is open", async () => {
    const founded = await served(await found());
    founded.ledger.nowMs += 40_000;
    await founded.ledger.submit(officerOf(), "designation:Respond", CASE, "12".repeat(32));
    assert.equal((await readCase(founded)).response?.respondedMs, ORIGIN_MS + 40 * DAY_MS);
  });

  it("is designated by a quorum, not before", async () => {
    const founded = await voting(await found());
    const seen = [];
    for (const memberId of ["no", "ch", "ke"]) {
      await vote(founded, memberId);
      seen.push([await statusOf(founded), lastEvent(founded)]);
    }

    assert.deepEqual(seen, [
      ["voting", "venue-voted"],
      ["voting", "venue-voted"],
      ["designated", "venue-decided"],
    ]);
    await refused(vote(founded, "jp", "refuse"), "VENUE_STATE");
  });

  it("is rejected when a quorum can no longer be reached", async () => {
    const founded = await voting(await found());
    await vote(founded, "no", "refuse");
    await vote(founded, "ch");
    assert.equal(await statusOf(founded), "voting");

    await vote(founded, "ke", "refuse");

    assert.equal(await statusOf(founded), "rejected");
    assert.equal(lastEvent(founded), "venue-decided");
  });

  it("takes a member's vote again for what it is, also when it was the last", async () => {
    const founded = await designated(await found());

    await repeats(founded.ledger, vote(founded, "ke"));
    await refused(vote(founded, "ke", "refuse"), "VOTE_EXISTS");
  });

  it("keeps every revision, with the hash that its event names", async () => {
    const founded = await designated(await found());
    const { rev } = await readCase(founded);
    const statuses = [];
    for (let at = 1; at <= rev; at++) {
      const revision = await founded.ledger.evaluate(
        officerOf(),
        "designation:ReadRevision",
        CASE,
        String(at),
      );
      statuses.push(venueDocument(revision).status);
    }

    assert.deepEqual(statuses, ["nominated", "served", "voting", "voting", "voting", "designated"]);
  });

  it("costs at most ten calls to the peer at every step", async function () {
    this.timeout(60_000);
    const made = await coalition();
    const { ledger } = made.founded;
    const calls: number[] = [];
    const submit = ledger.submit.bind(ledger);
    ledger.submit = async (...call) => {
      const result = await submit(...call);
      calls.push(ledger.last.calls);
      return result;
    };
    ledger.nowMs += 1_000_000;
    await delisting(made);
    for (const memberId of ["ch", "jp", "ke"]) await vote(made.founded, memberId);
    await ledger.submit(node, "designation:Publish", await publicationOf(made));

    assert.ok(Math.max(...calls) <= 10, calls.join());
  });
});

describe("a decided case", function () {
  this.timeout(60_000);

  it("is listed with the coalition's signature, until its review and its end", async () => {
    const made = await coalition();
    await designated(made.founded);
    made.founded.ledger.nowMs += 1_000;
    const publication = await publicationOf(made);

    await made.founded.ledger.submit(node, "designation:Publish", publication);

    const { status, listing } = await readCase(made.founded);
    const { venueId, ...signed } = publication;
    const listedMs = ORIGIN_MS + 32 * DAY_MS;
    const [reviewMs, expiresMs] = [addMonths(listedMs, 12), addMonths(listedMs, 24)];
    assert.equal(venueId, CASE);
    assert.deepEqual(
      { status, listing },
      { status: "listed", listing: { listedMs, reviewMs, expiresMs, signed } },
    );
    assert.equal(lastEvent(made.founded), "venue-published");
  });

  it("is published once, whoever brings the signature again", async () => {
    const made = await coalition();
    await designated(made.founded);
    const publication = await publicationOf(made);
    const { ledger } = made.founded;
    await ledger.submit(node, "designation:Publish", publication);

    await repeats(ledger, ledger.submit(identity("jp", "node"), "designation:Publish", publication));
  });

  it("is delisted by more than half, signed again, and stays on record", async () => {
    const made = await delisting(await coalition());
    const { founded } = made;
    const { listing } = await readCase(founded);
    for (const memberId of ["no", "ke"]) await vote(founded, memberId);
    assert.equal(await statusOf(founded), "delisting");
    await vote(founded, "ch");
    assert.equal(await statusOf(founded), "delisting-decided");

    const publication = await publicationOf(made);
    await founded.ledger.submit(node, "designation:Publish", publication);

    const { rev, keyEpoch, signature } = publication;
    const signed = { rev, keyEpoch, signature };
    const venue = await readCase(founded);
    const delisted = { delistedMs: ORIGIN_MS + 31 * DAY_MS, reason: "It has stopped.", signed };
    assert.deepEqual([venue.status, venue.delisting], ["delisted", delisted]);
    assert.deepEqual(venue.listing, listing);
    await repeats(founded.ledger, founded.ledger.submit(node, "designation:Publish", publication));
  });

  it("stays listed if so many refuse that half cannot agree, and may be voted on again", async () => {
    const made = await delisting(await coalition());
    const { founded } = made;
    for (const memberId of ["ch", "jp"]) await vote(founded, memberId, "refuse");
    assert.deepEqual([await statusOf(founded), lastEvent(founded)], ["listed", "venue-decided"]);

    await founded.ledger.submit(officerOf("jp"), "designation:OpenVote", CASE, "delist", "It has stopped.");

    const { status, ballot } = await readCase(founded);
    assert.deepEqual([status, ballot?.votes], ["delisting", []]);
  });
});

describe("a case that is not listed", function () {
  this.timeout(60_000);
  const readers = {
    officer: officerOf("jp"),
    node,
    gateway: identity("no", "gateway"),
    operator: operatorIdentity("ch", "alpine"),
  };

  async function seenBy(founded: Founded): Promise<Record<string, [read: boolean, listed: boolean]>> {
    const seen: Record<string, [boolean, boolean]> = {};
    for (const [name, reader] of Object.entries(readers)) {
      const read = await founded.ledger.evaluate(reader, "designation:Read", CASE).then(
        () => true,
        () => false,
      );
      const { items } = page<VenueDocument>(venueDocument)(
        await founded.ledger.evaluate(reader, "designation:List", "10", ""),
      );
      seen[name] = [read, items.length === 1];
    }
    return seen;
  }

  it("is shown to the members and to nobody else, and to everybody once it is listed", async () => {
    const made: Coalition = await coalition();
    await designated(made.founded);
    const inside = { officer: [true, true], node: [true, true], gateway: [true, true] };
    assert.deepEqual(await seenBy(made.founded), { ...inside, operator: [false, false] });
    const revision = ["designation:ReadRevision", CASE, "1"] as const;
    await refused(made.founded.ledger.evaluate(readers.operator, ...revision), "VENUE_UNKNOWN");

    await made.founded.ledger.submit(node, "designation:Publish", await publicationOf(made));

    assert.deepEqual(await seenBy(made.founded), { ...inside, operator: [true, true] });
    assert.ok(await made.founded.ledger.evaluate(readers.operator, ...revision));
  });

  it("is paged in the order in which the cases began", async () => {
    const founded = await nominated(await found());
    founded.ledger.nowMs += 1_000;
    const second = nominationOf({ venueId: ulid("A") });
    await founded.ledger.submit(officerOf("jp"), "designation:Nominate", second);

    const list = async (bookmark: string): Promise<{ items: readonly VenueDocument[]; bookmark: string }> =>
      page<VenueDocument>(venueDocument)(
        await founded.ledger.evaluate(node, "designation:List", "1", bookmark),
      );
    const first = await list("");
    const last = await list(first.bookmark);

    assert.deepEqual(
      [...first.items, ...last.items].map(({ venueId }) => venueId),
      [CASE, ulid("A")],
    );
    assert.equal(last.bookmark, "");
  });
});

describe("a listed case", function () {
  this.timeout(60_000);

  it("changes only by votes to delist it", async () => {
    const { founded } = await listed(await coalition());
    const { ledger } = founded;
    await refused(ledger.submit(officerOf(), "designation:Serve", CASE, "77".repeat(32)), "VENUE_STATE");
    await refused(ledger.submit(officerOf(), "designation:Respond", CASE, "77".repeat(32)), "VENUE_STATE");
    const again = ["designation:OpenVote", CASE, "designate", "Once more."] as const;
    await refused(ledger.submit(officerOf(), ...again), "VENUE_STATE");
  });
});
