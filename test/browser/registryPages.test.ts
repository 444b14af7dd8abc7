import assert from "node:assert/strict";
import { DAY_MS } from "@comity/protocol";
import { attacker, fragment, network, onPath, withText } from "./lies.ts";
import { bonds, ids, registries, venues, writeRegistries } from "./registries.ts";
import { bond } from "../fixture/registries.ts";
import { Visitor } from "./visitor.ts";

const venuesPage = `venues.html${fragment}`;
const bondsPage = `bonds.html${fragment}`;

describe("pages of registries before an honest gateway", function () {
  this.timeout(60_000);
  let visitor: Visitor;

  before(async function () {
    visitor = (await Visitor.start({ network, prepare: writeRegistries })) ?? this.skip();
  });
  after(() => (visitor as Visitor | undefined)?.stop());
  afterEach(() => visitor.leave());

  it("verify the whole list by themselves and show its entries", async () => {
    await visitor.open(venuesPage);

    assert.equal(await visitor.trust(), "verified");
    assert.match(await visitor.page.innerText("#trust"), /4 venues, signed by the coalition/);
    assert.equal(await visitor.page.locator(".card[data-state=verified]").count(), 4);
    const text = await visitor.entry(ids.quarry).innerText();
    assert.match(text, /In the list that the coalition signed/);
    assert.match(text, /Quarry Ridge Compute Ltd[^]*Company, Ireland\. Listed 7 Feb 2027/);
    assert.match(
      await visitor.entry(ids.lantern).innerText(),
      /Delisted 12 Mar 2027; it was listed 17 Feb 2027/,
    );
    assert.deepEqual(visitor.problems, []);
  });

  it("tell why a venue was listed, on what basis, and how it came there", async () => {
    await visitor.open(venuesPage);

    await visitor.entry(ids.quarry).locator("summary").first().click();

    const text = await visitor.entry(ids.quarry).innerText();
    assert.match(text, /Article 7\(2\)[^]*Quarry Ridge Data Halls[^]*IE 604417/);
    assert.match(
      text,
      /Nominated by Aldervale[^]*Notice served[^]*Aldervale, Brightmoor and Corrant approved, 3 of 4[^]*Listed:/,
    );
  });

  it("verify one entry with its own proof, votes included", async () => {
    await visitor.open(venuesPage);

    await visitor.entry(ids.lantern).getByRole("button", { name: "Verify in this browser" }).click();
    await visitor.entry(ids.lantern).getByText("Verified in this browser").waitFor();

    for (const summary of await visitor.entry(ids.lantern).locator("summary").all()) await summary.click();
    const text = await visitor.entry(ids.lantern).innerText();
    assert.equal(await visitor.entry(ids.lantern).locator(".step.holds").count(), 8);
    assert.match(
      text,
      /Aldervale, Brightmoor and Corrant approved[^]*Brightmoor, Corrant and Dunmere approved/,
    );
  });

  it("find an entry by other names and whatever the accents, and say when there is none", async () => {
    await visitor.open(venuesPage);
    const field = visitor.page.getByRole("searchbox");

    await field.fill("quarry halls");
    assert.equal(await visitor.page.locator(".card").count(), 1);
    await field.fill("fur grossmodelle");
    assert.equal(await visitor.page.locator(".card").count(), 0);
    await field.fill("fur groß");
    assert.equal(await visitor.entry(ids.institute).count(), 1);
    await field.fill("harmless bakery");
    assert.match(await visitor.page.innerText("#found"), /Nothing found among 4 venues.*whole signed list/);
  });

  it("prove that an id which somebody looks for is not in the list", async () => {
    await visitor.open(venuesPage);

    await visitor.page.getByRole("searchbox").fill(ids.absent.toLowerCase());
    const card = visitor.page.locator(`[data-absent="${ids.absent}"]`);
    await card.getByText("Verified in this browser").waitFor();

    assert.match(await card.innerText(), /is not in the list[^]*that is proved/);
  });

  it("show what a bond is worth, with what is open against it, and verify it", async () => {
    await visitor.open(bondsPage);

    assert.equal(await visitor.trust(), "verified");
    const text = await visitor.entry(ids.active).innerText();
    assert.match(text, /Penal sum\s+\$250,000,000\s+Available\s+\$200,000,000\s+Encumbered\s+\$25,000,000/);
    assert.match(
      text,
      /Model checkpoint 2 is missing since 25 Jan 2027.*\$25,000,000 is encumbered.*8 Feb 2027/,
    );
    await visitor.entry(ids.active).getByRole("button", { name: "Verify in this browser" }).click();
    await visitor.entry(ids.active).getByText("Verified in this browser").waitFor();
    assert.deepEqual(visitor.problems, []);
  });

  it("show what came after the newest digest as the gateway's word, until the coalition has signed it", async () => {
    await visitor.open(bondsPage);
    const { ledger } = visitor.site;
    const later = bond("01JD000000000000000000000R", { changedMs: bonds[0]!.changedMs + DAY_MS });

    ledger.writeBond(later);
    await ledger.followed();
    await visitor.pass();
    await visitor.entry(later.bondId).waitFor();

    assert.match(await visitor.entry(later.bondId).innerText(), /Not signed yet: this gateway's word/);
    assert.match(await visitor.page.innerText("#trust"), /3 bonds, signed/);
    ledger.writeDigest(registries.digest("bonds", [...bonds, later], { rev: 2, height: ledger.height }));
    await ledger.followed();
    await visitor.pass();
    await visitor.page.getByText("4 bonds, signed by the coalition").waitFor();
    assert.match(await visitor.entry(later.bondId).innerText(), /In the list that the coalition signed/);
  });

  it("carry the fingerprint from page to page", async () => {
    await visitor.open(venuesPage);

    await visitor.page.getByRole("link", { name: "Bonds" }).click();
    await visitor.settled();

    assert.match(visitor.page.url(), new RegExp(`/bonds\\.html${fragment}$`));
    assert.equal(await visitor.trust(), "verified");
    await visitor.page.getByRole("link", { name: "Alerts" }).click();
    await visitor.settled();
    assert.match(visitor.page.url(), new RegExp(`/${fragment}$`));
  });

  it("talk to nobody else, keep no cookie, and never send the fingerprint", async () => {
    await visitor.open(venuesPage);

    const strange = visitor.requested.filter(
      (url) =>
        !url.startsWith(`${visitor.site.url}/`) || url.replace(fragment, "").includes(network.networkId),
    );
    assert.deepEqual(strange, []);
    assert.deepEqual(await visitor.page.context().cookies(), []);
  });

  it("show the list without a fingerprint, and say that nothing of it is verified", async () => {
    await visitor.open("venues.html");

    assert.equal(await visitor.trust(), "unanchored");
    assert.equal(await visitor.page.locator(".card[data-state=unanchored]").count(), venues.length);
    assert.match(await visitor.entry(ids.quarry).innerText(), /Not verified/);
  });

  it("show nothing to a visitor of another network", async () => {
    await visitor.open(`venues.html#genesis=${attacker.networkId}`);

    assert.equal(await visitor.trust(), "broken");
    assert.doesNotMatch(await visitor.page.innerText("main"), /Quarry Ridge/);
  });

  it("say so when the coalition has not signed a list yet", async () => {
    visitor.site.lie = onPath("/v1/digests/venues", (honest) =>
      withText({ ...honest, status: 404 }, () => "{}"),
    );

    await visitor.visit(venuesPage);
    await visitor.page.getByText("Nothing is signed yet").waitFor();

    assert.equal(await visitor.trust(), "checking");
  });
});
