import assert from "node:assert/strict";
import { encodeCanonical, page, sha256, toHex, type VenueDocument, venueDocument } from "@comity/protocol";
import {
  CASE,
  designated,
  nominated,
  nominationOf,
  officerOf,
  publicationOf,
  readCase,
} from "../fixture/case.ts";
import { type Coalition, coalition } from "../fixture/ceremony.ts";
import { type Founded, found, identity, operatorIdentity, ulid } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const node = identity("ke", "node");

describe("a case", () => {
  it("keeps every revision, with the hash that its event names", async () => {
    const founded = await designated(await found());
    const { rev } = await readCase(founded);
    const named = founded.ledger.events.filter(({ subject }) => subject === CASE);
    const statuses = [];
    for (let at = 1; at <= rev; at++) {
      const revision = await founded.ledger.evaluate(
        officerOf(),
        "designation:ReadRevision",
        CASE,
        String(at),
      );
      statuses.push(venueDocument(revision).status);
      assert.equal(named.find((event) => event.rev === at)?.hash, toHex(sha256(encodeCanonical(revision))));
    }

    assert.deepEqual(statuses, ["nominated", "served", "voting", "voting", "voting", "designated"]);
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
