import assert from "node:assert/strict";
import {
  isListed,
  nobleBls,
  type RegistryAnswer,
  RegistryTree,
  type VenueDocument,
  verifyEntryBundle,
} from "@comity/protocol";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import {
  bondItemSchema,
  bondSchema,
  digestSchema,
  entrySchema,
  venueItemSchema,
  venueSchema,
} from "../../src/rest/registrySchemas.ts";
import { pageOf } from "../../src/rest/schemas.ts";
import { genesisBytes, networkId } from "../coalition.ts";
import { foundedLedger } from "../projection/followed.ts";
import { bond, delisting, digest, listing, ulid } from "../registries.ts";
import { type ScriptedLedger, writtenBond, writtenDigest, writtenVenue } from "../scriptedLedger.ts";
import { type GatewayUnderTest, startGatewayUnderTest } from "./gatewayUnderTest.ts";

const trigger = {
  ...{ ground: "model-checkpoint-missing", noticeId: ulid("N"), sequence: 1 },
  ...{ openedMs: 1_800_000_000_000, cureByMs: 1_801_000_000_000, amountMinor: "2500000000" },
};
const swept = bond("B", {
  ...{ rev: 2, status: "active", acceptedMs: 1_799_000_000_000 },
  ...{ encumberedMinor: "2500000000", forfeitedMinor: "1000000000", openTriggers: [trigger] },
});
const bonds = [bond("A"), swept];
const [listed, nominated] = [listing("K"), listing("P").slice(0, 1)];
const first = listing("D");
const ended = [...first, ...delisting(first.at(-1)!)];
const onList = [ended.at(-1)!, listed.at(-1)!];

/** Two bonds, a case that was delisted, one that is listed and one that was only nominated; then both digests. */
function ledgerWithRegistries(): ScriptedLedger {
  const ledger = foundedLedger();
  for (const document of bonds) ledger.write(writtenBond("bond-posted", document));
  for (const document of [...ended, ...listed, ...nominated]) ledger.write(writtenVenue(document));
  const height = ledger.chain.length - 1;
  ledger.write(writtenDigest(digest("bonds", bonds, { rev: 1, height })));
  ledger.write(writtenDigest(digest("venues", onList, { rev: 1, height })));
  return ledger;
}

describe("gateway with registries", () => {
  let gateway: GatewayUnderTest;
  const height = 2 + bonds.length + ended.length + listed.length + nominated.length + 1;

  before(async () => {
    gateway = await startGatewayUnderTest({ genesisBytes, ledger: ledgerWithRegistries() });
  });
  after(() => gateway.stop());

  const get = (path: string): Promise<Response> => fetch(gateway.url + path);
  const json = async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T;
  async function answerOf(path: string, id: string): Promise<RegistryAnswer> {
    const response = await get(path);
    assert.equal(response.status, 200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return verifyEntryBundle(bytes, { genesis: networkId, id, bls: nobleBls }).answer;
  }

  const published: readonly (readonly [path: string, schema: TSchema])[] = [
    ["/v1/bonds", pageOf(bondItemSchema)],
    [`/v1/bonds/${ulid("B")}`, bondSchema],
    ["/v1/venues", pageOf(venueItemSchema)],
    [`/v1/venues/${ulid("D")}`, venueSchema],
    ["/v1/digests/bonds", digestSchema],
    ["/v1/digests/venues/entries", pageOf(entrySchema)],
    ["/v1/digests/bonds/entries", pageOf(entrySchema)],
  ];
  for (const [path, schema] of published) {
    it(`answers ${path.replace(/01JD\w+/, "{id}")} in the form that it publishes`, async () => {
      assert.deepEqual(Value.Errors(schema, await json(path)), []);
    });
  }

  it("tells an insurer what a bond is worth, with what is open against it", async () => {
    const money = (amountMinor: string): object => ({ amountMinor, currency: "USD" });
    const { amountMinor, ...fact } = trigger;

    const answer = await json<Record<string, unknown>>(`/v1/bonds/${ulid("B")}`);

    assert.deepEqual(answer, {
      ...{ id: ulid("B"), rev: 2, surety: "firm-surety", principal: "acme", noticeId: ulid("N") },
      ...{ status: "active", penal: money("25000000000"), encumbered: money("2500000000") },
      ...{ forfeited: money("1000000000"), released: money("0"), available: money("21500000000") },
      openTriggers: [{ ...fact, amount: money(amountMinor) }],
      ...{ postedMs: swept.postedMs, acceptedMs: swept.acceptedMs, changedMs: swept.changedMs, height },
    });
  });

  it("lists venues that were ever listed, and tells nobody of other cases", async () => {
    const { items } = await json<{ items: VenueDocument[] }>("/v1/venues");

    assert.deepEqual(
      items.map(({ venueId, status }) => [venueId, status]),
      [
        [ulid("D"), "delisted"],
        [ulid("K"), "listed"],
      ],
    );
    assert.equal((await get(`/v1/venues/${ulid("P")}`)).status, 404);
  });

  it("tells how a venue came onto the list, and off it", async () => {
    const { history } = await json<{ history: { status: string; height: number }[] }>(
      `/v1/venues/${ulid("D")}`,
    );

    const statuses = ["nominated", "served", "designated", "listed", "delisting-decided", "delisted"];
    assert.deepEqual(
      history.map(({ status }) => status),
      statuses,
    );
    assert.deepEqual(
      history.map((step) => step.height),
      [4, 5, 6, 7, 8, 9],
    );
  });

  it("hands out bundles that verify: of a bond, of a listed and of a delisted venue", async () => {
    const asked = [
      [`/v1/bonds/${ulid("B")}/bundle`, ulid("B"), swept],
      [`/v1/venues/${ulid("K")}/bundle`, ulid("K"), listed.at(-1)],
      [`/v1/venues/${ulid("D")}/bundle`, ulid("D"), ended.at(-1)],
    ] as const;

    for (const [path, id, document] of asked)
      assert.deepEqual((await answerOf(path, id)).document, document, path);
  });

  it("hands out bundles that show an absence: before, between and after all others, and of a case that is not listed", async () => {
    for (const suffix of ["0", "E", "Z", "P"]) {
      assert.equal(
        (await answerOf(`/v1/venues/${ulid(suffix)}/bundle`, ulid(suffix))).document,
        null,
        suffix,
      );
    }
  });

  it("gives out just what the digest covers, page by page, to be hashed anew", async () => {
    const documents: VenueDocument[] = [];
    let query = "";
    do {
      const page = await json<{ items: VenueDocument[]; nextCursor: string | null; height: number }>(
        `/v1/digests/venues/entries?limit=1${query}`,
      );
      assert.equal(page.height, height - 2);
      documents.push(...page.items);
      query = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
    } while (query !== "");

    const entries = documents.filter(isListed).map((document) => ({ id: document.venueId, document }));
    const { root } = new RegistryTree("venues", entries);
    const { statement } = await json<{ statement: { root: string } }>("/v1/digests/venues");
    assert.equal(root, statement.root);
  });

  it("serves the list for screening tools as files, each naming its block", async () => {
    for (const [file, type] of [
      ["targets.simple.csv", "text/csv"],
      ["entities.ftm.json", "application/json+ftm"],
    ] as const) {
      const response = await get(`/v1/venues/${file}`);

      assert.match(response.headers.get("content-type") ?? "", new RegExp(`^${type.replace("+", "\\+")}`));
      assert.equal(response.headers.get("content-disposition"), `attachment; filename="${file}"`);
      assert.equal(response.headers.get("comity-height"), String(height));
      assert.match(response.headers.get("etag") ?? "", /^"[\w-]{43}"$/);
      assert.match(await response.text(), /Venue K/);
    }
  });

  it("hands out no bundle of a registry that is not the one which the coalition signed", async () => {
    const ledger = ledgerWithRegistries();
    ledger.write(writtenBond("bond-posted", bond("C")));
    ledger.write(writtenDigest(digest("bonds", bonds, { rev: 2, height: ledger.chain.length - 1 })));
    const other = await startGatewayUnderTest({ genesisBytes, ledger });

    const response = await fetch(`${other.url}/v1/bonds/${ulid("A")}/bundle`);

    assert.deepEqual(
      [response.status, ((await response.json()) as { code: string }).code],
      [502, "REGISTRY_DIFFERS"],
    );
    await other.stop();
  });

  it("shows a change as soon as its block is followed, and the old digest until there is a new one", async () => {
    const ledger = ledgerWithRegistries();
    const other = await startGatewayUnderTest({ genesisBytes, ledger });
    const read = async (path: string): Promise<unknown> => (await fetch(other.url + path)).json();
    const etag = (await fetch(`${other.url}/v1/bonds/${ulid("A")}`)).headers.get("etag");

    ledger.write(writtenBond("bond-accepted", bond("A", { rev: 2, status: "active", acceptedMs: 1 })));
    await ledger.followed();

    const changed = await fetch(`${other.url}/v1/bonds/${ulid("A")}`);
    assert.notEqual(changed.headers.get("etag"), etag);
    assert.equal(((await changed.json()) as { status: string }).status, "active");
    const entries = (await read("/v1/digests/bonds/entries")) as { items: { status: string }[] };
    assert.equal(entries.items[0]?.status, "posted");
    assert.equal((await fetch(`${other.url}/v1/bonds/${ulid("A")}/bundle`)).status, 200);
    await other.stop();
  });
});
