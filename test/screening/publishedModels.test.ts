import assert from "node:assert/strict";
import { defaultModel, Model } from "@opensanctions/followthemoney";
import { parse } from "csv-parse/sync";
import { network } from "../browser/lies.ts";
import { ids, venues, writeRegistries } from "../browser/registries.ts";
import { type Site, startSite } from "../browser/site.ts";

/** The gateway's files for screening tools, read by packages of theirs that we did not write. */

interface Entity {
  readonly id: string;
  readonly caption: string;
  readonly schema: string;
  readonly target: boolean;
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

const types = defaultModel.types as Readonly<
  Record<string, { readonly values?: Readonly<Record<string, string>> }>
>;

describe("files for screening tools", function () {
  this.timeout(20_000);
  let site: Site;

  before(async () => {
    site = await startSite({ network, prepare: writeRegistries });
  });
  after(() => site.stop());

  async function fetchText(file: string): Promise<string> {
    const response = await fetch(`${site.url}/v1/venues/${file}`);
    assert.equal(response.status, 200);
    return response.text();
  }

  describe("as FollowTheMoney entities", () => {
    let entities: Entity[];

    before(async () => {
      const lines = (await fetchText("entities.ftm.json")).trimEnd().split("\n");
      entities = lines.map((line) => JSON.parse(line) as Entity);
    });

    it("are valid against the published model: schemas, properties, and values from closed lists", () => {
      const model = new Model(defaultModel);
      assert.equal(entities.length, 2 * venues.length);
      for (const entity of entities) {
        const proxy = model.getEntity({ ...entity, properties: mutable(entity.properties) });
        assert.equal(proxy.getCaption(), entity.caption);
        for (const { name, type } of proxy.getProperties()) {
          const allowed = types[type.name]?.values;
          for (const value of entity.properties[name] ?? [])
            assert.ok(allowed === undefined || Object.hasOwn(allowed, value), `${name} ${value}`);
        }
        for (const name of proxy.schema.required)
          assert.ok(proxy.hasProperty(name), `${entity.id} lacks ${name}`);
      }
    });

    it("tie each sanction to its venue, and mark those on the list", () => {
      const targets = entities.filter(({ target }) => target);
      assert.deepEqual(targets.map(({ id }) => id).sort(), [ids.quarry, ids.institute, ids.bureau].sort());
      for (const { properties } of targets) assert.deepEqual(properties["topics"], ["sanction"]);
      const known = new Set(entities.map(({ id }) => id));
      for (const { schema, properties } of entities.filter((each) => each.schema === "Sanction"))
        assert.ok(known.has(properties["entity"]?.[0] ?? ""), schema);
    });
  });

  describe("as OpenSanctions' simplified CSV", () => {
    it("are read by a CSV reader into the 16 columns, one line a venue on the list", async () => {
      const text = await fetchText("targets.simple.csv");
      const rows = parse<Record<string, string>>(text, { columns: true });

      assert.equal(rows.length, 3);
      const expected =
        "id schema name aliases birth_date countries addresses identifiers sanctions phones emails program_ids dataset first_seen last_seen last_change";
      for (const row of rows) assert.deepEqual(Object.keys(row), expected.split(" "));
      const quarry = rows.find(({ id }) => id === ids.quarry);
      assert.equal(quarry?.["name"], "Quarry Ridge Compute Ltd");
      const aliases = parse(quarry["aliases"] ?? "", { delimiter: ";" });
      assert.deepEqual(aliases, [["QRC", "Quarry Ridge Data Halls"]]);
      assert.equal(quarry["countries"], "ie");
    });
  });
});

function mutable(properties: Entity["properties"]): Record<string, string[]> {
  return Object.fromEntries(Object.entries(properties).map(([name, values]) => [name, [...values]]));
}
