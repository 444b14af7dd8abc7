import assert from "node:assert/strict";
import { entitiesOf, type ListInfo } from "../../src/screening/entities.ts";
import { columns, simpleCsv } from "../../src/screening/simpleCsv.ts";
import { genesis, networkId } from "../coalition.ts";
import { delisting, listing, ulid } from "../registries.ts";

const info: ListInfo = { genesis, networkId, seenMs: Date.UTC(2027, 5, 1, 13) };
const listed = listing("K").at(-1)!;
const ended = delisting(listing("D").at(-1)!).at(-1)!;

describe("simplified CSV", () => {
  it("has OpenSanctions' 16 columns, in its order, even without a venue", () => {
    const header =
      "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change";

    assert.equal(columns.join(","), header);
    assert.equal(simpleCsv([], info), `"${header.replaceAll(",", '","')}"\n`);
  });

  it("has a line for what is on the list, every field in quotes, and none for what was delisted", () => {
    const rows = simpleCsv([ended, listed], info).split("\n").slice(1);

    assert.deepEqual(rows, [
      `"${ulid("K")}","Company","Venue K","""Alias; of it""","","de","","",` +
        `"Article 7 - It trained above the threshold and filed no notice. - Active - 2027-02-06","","","COMITY-VENUES",` +
        `"${genesis.name}: list of non-compliant venues","2027-02-06T00:00:00","2027-06-01T00:00:00","2027-02-06T00:00:00"`,
      "",
    ]);
  });

  it("parts several values by semicolons, in order, and keeps quotes and line ends whole", () => {
    const venue = { ...listed.venue, name: 'The "Big" One', aliases: ["Zed", "Aa; Bb", 'C"D'] };
    const [, row] = simpleCsv([{ ...listed, venue }], info).split("\n");

    assert.match(row ?? "", /^"[^"]+","Company","The ""Big"" One","""Aa; Bb"";""C""""D"";Zed"/);
  });
});

describe("FollowTheMoney entities", () => {
  it("are the venue and its sanction", () => {
    const [venue, sanction] = entitiesOf(listed, info);

    assert.deepEqual(venue.properties, {
      name: ["Venue K"],
      alias: ["Alias; of it"],
      country: ["de"],
      topics: ["sanction"],
    });
    assert.deepEqual([venue.target, sanction.target], [true, false]);
    assert.deepEqual(sanction.properties["entity"], [venue.id]);
    assert.deepEqual(sanction.properties["listingDate"], ["2027-02-06"]);
    assert.equal(sanction.properties["endDate"], undefined);
  });

  it("keep a delisted venue, with its end and without the topic", () => {
    const [venue, sanction] = entitiesOf(ended, info);

    assert.equal(venue.properties["topics"], undefined);
    assert.equal(venue.target, false);
    assert.deepEqual(sanction.properties["status"], ["Delisted"]);
    assert.deepEqual(sanction.properties["endDate"], ["2027-03-04"]);
    assert.deepEqual(sanction.properties["summary"], ["Delisted: It has closed."]);
  });

  it("leave out what other tools could not read: countries that are none, addresses that are no URL", () => {
    const venue = { ...listed.venue, country: "xa", website: "https://" };
    const [entity] = entitiesOf({ ...listed, venue }, info);

    assert.deepEqual([entity.properties["country"], entity.properties["website"]], [undefined, undefined]);
  });
});
