import assert from "node:assert/strict";
import { fragment, inPage, network, onPath, withText } from "./lies.ts";
import { ids, writeRegistries } from "./registries.ts";
import { registryLies } from "./registryLies.ts";
import { Visitor } from "./visitor.ts";

const venuesPage = `venues.html${fragment}`;

describe("pages of registries before a lying gateway", function () {
  this.timeout(60_000);
  let visitor: Visitor;

  before(async function () {
    visitor = (await Visitor.start({ network, prepare: writeRegistries })) ?? this.skip();
  });
  after(() => (visitor as Visitor | undefined)?.stop());
  afterEach(() => visitor.leave());

  for (const { title, page, lie, code } of registryLies) {
    it(`say that it is broken or lying when it ${title}`, async () => {
      visitor.site.lie = lie;

      await visitor.open(`${page}.html${fragment}`);

      assert.equal(await visitor.trust(), "broken");
      assert.match(await visitor.page.innerText("#trust"), /broken or lying/);
      const broken = visitor.page.locator(".card[data-state=broken]").first();
      assert.match(await broken.innerText(), new RegExp(`\\(${code}\\)`));
      assert.doesNotMatch(await visitor.page.innerText("main"), /Another Company/);
    });
  }

  it("show nothing of a list that does not hold as a whole", async () => {
    visitor.site.lie = registryLies[0]?.lie;

    await visitor.open(venuesPage);

    assert.doesNotMatch(await visitor.page.innerText("#entries"), /Quarry Ridge|Bureau of Grid/);
    assert.equal(await visitor.page.locator("[data-entry]").count(), 0);
  });

  it("take the list for good again once the gateway is honest", async () => {
    visitor.site.lie = registryLies[0]?.lie;
    await visitor.open(venuesPage);

    visitor.site.lie = undefined;
    await visitor.pass();
    await visitor.page.waitForSelector("#trust[data-state=verified]");

    assert.equal(await visitor.entry(ids.quarry).count(), 1);
  });

  it("notice a venue that disappears while they are open", async () => {
    await visitor.open(venuesPage);

    visitor.site.lie = registryLies.find(({ code }) => code === "NOW_MISSING")?.lie;
    await visitor.pass();
    await visitor.page.waitForSelector("#trust[data-state=broken]");

    assert.match(await visitor.entry(ids.quarry).innerText(), /NOW_MISSING/);
    assert.equal(await visitor.entry(ids.bureau).getAttribute("data-state"), "verified");
  });

  it("do not believe a venue that the coalition never signs", async () => {
    const invented = `${ids.bureau.slice(0, -1)}Z`;
    visitor.site.lie = onPath("/v1/venues", (honest) =>
      withText(honest, (text) => inPage<object>(text, (all) => [...all, { ...all[0], venueId: invented }])),
    );
    await visitor.visit(venuesPage);
    await visitor.entry(invented).waitFor();
    assert.match(await visitor.entry(invented).innerText(), /Not signed yet: this gateway's word/);
    assert.notEqual(await visitor.trust(), "broken");

    for (let poll = 0; poll < 11; poll++) {
      const answer = visitor.page.waitForResponse((response) => response.url().includes("/v1/venues?"));
      await visitor.pass();
      await answer;
    }
    await visitor.entry(invented).getByText("(UNSIGNED)").waitFor();

    assert.equal(await visitor.trust(), "broken");
  });

  it("say that a single proof is broken, and leave the others as they are", async () => {
    await visitor.open(venuesPage);
    visitor.site.lie = onPath(`/v1/venues/${ids.quarry}/bundle`, (honest) =>
      withText(honest, (text) => text.replaceAll("Article 7", "Article 9")),
    );

    await visitor.entry(ids.quarry).getByRole("button", { name: "Verify in this browser" }).click();
    await visitor.entry(ids.quarry).getByText("(ENTRY_INCLUSION)").waitFor();

    assert.equal(await visitor.trust(), "broken");
    assert.equal(await visitor.entry(ids.institute).getAttribute("data-state"), "verified");
  });

  it("say so when the gateway proves the absence of another id than the one asked for", async () => {
    visitor.site.lie = (path, honest) =>
      path === `/v1/venues/${ids.absent}/bundle`
        ? withText(honest, (text) => text.replaceAll(ids.absent, ids.absent.replace("B7", "B8")))
        : honest;
    await visitor.open(venuesPage);

    await visitor.page.getByRole("searchbox").fill(ids.absent);
    await visitor.page.locator(`[data-absent="${ids.absent}"]`).getByText("(ENTRY_ID)").waitFor();
  });

  it("say that the proof is hidden after asking three times", async () => {
    visitor.site.lie = onPath("/v1/digests/venues/entries", (honest) => ({ ...honest, status: 503 }));
    await visitor.visit(venuesPage);

    for (let asked = 0; asked < 3; asked++) {
      const answer = visitor.page.waitForResponse((response) => response.url().includes("/entries"));
      await visitor.pass();
      await answer;
    }
    await visitor.page.getByText("(PROOF_HIDDEN)").waitFor();

    assert.equal(await visitor.trust(), "broken");
  });

  it("notice a gateway that goes back to an older list", async () => {
    await visitor.open(venuesPage);

    visitor.site.lie = onPath("/v1/digests/venues", (honest) =>
      withText({ ...honest, status: 404 }, () => "{}"),
    );
    await visitor.pass();
    await visitor.page.getByText("(LIST_ROLLED_BACK)").waitFor();

    assert.equal(await visitor.trust(), "broken");
  });

  it("read nothing that it sends as markup", async () => {
    visitor.site.lie = onPath("/v1/venues", (honest) =>
      withText(honest, (text) => text.replaceAll("Bureau of Grid Computing", "<img src=x onerror=alert(1)>")),
    );

    await visitor.open("venues.html");

    assert.equal(await visitor.page.locator("main img").count(), 0);
  });
});
