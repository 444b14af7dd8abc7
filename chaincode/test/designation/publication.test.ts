import assert from "node:assert/strict";
import { addMonths, DAY_MS } from "@comity/protocol";
import {
  CASE,
  delisting,
  designated,
  listed,
  officerOf,
  publicationOf,
  readCase,
  vote,
} from "../fixture/case.ts";
import { lastEvent, repeats, statusOf } from "../fixture/caseSteps.ts";
import { coalition } from "../fixture/ceremony.ts";
import { identity, ORIGIN_MS } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const node = identity("ke", "node");

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

describe("a case", () => {
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
