import assert from "node:assert/strict";
import { faults } from "./faults.ts";
import { fragment, lies, network, second } from "./lies.ts";
import { writeRegistries } from "./registries.ts";
import { registryLies } from "./registryLies.ts";
import { Visitor } from "./visitor.ts";

describe("page for everybody", function () {
  this.timeout(60_000);
  let visitor: Visitor;

  before(async function () {
    const options = { network, more: [second], prepare: writeRegistries };
    visitor = (await Visitor.start(options)) ?? this.skip();
  });
  after(() => (visitor as Visitor | undefined)?.stop());
  afterEach(() => visitor.leave());

  const looks = [
    { title: "alerts, verified", address: fragment, lie: undefined },
    { title: "alerts, broken", address: fragment, lie: lies[0]?.lie },
    { title: "alerts, unverified", address: "", lie: undefined },
    { title: "venues, verified", address: `venues.html${fragment}`, lie: undefined },
    { title: "venues, broken", address: `venues.html${fragment}`, lie: registryLies[0]?.lie },
    { title: "venues, unverified", address: "venues.html", lie: undefined },
    { title: "bonds, verified", address: `bonds.html${fragment}`, lie: undefined },
  ] as const;
  const phone = { width: 360, height: 740 };
  const desk = { width: 1200, height: 900 };
  for (const { title, address, lie } of looks) {
    it(`has no accessibility fault that axe finds: ${title}, on a phone and a desk, in light and dark`, async () => {
      visitor.site.lie = lie;
      await visitor.open(address, phone);
      for (const summary of await visitor.page.locator("summary").all()) await summary.click();

      for (const viewport of [phone, desk]) {
        await visitor.page.setViewportSize(viewport);
        for (const colorScheme of ["light", "dark"] as const) {
          await visitor.page.emulateMedia({ colorScheme });
          assert.deepEqual(await faults(visitor.page), [], `${colorScheme}, ${viewport.width} pixels`);
        }
      }
    });
  }

  for (const page of ["", "venues.html", "bonds.html"]) {
    it(`never scrolls sideways, down to 320 pixels: /${page}`, async () => {
      await visitor.open(`${page}${fragment}`, { width: 320, height: 640 });
      for (const summary of await visitor.page.locator("summary").all()) await summary.click();

      assert.equal(await visitor.page.evaluate("document.documentElement.scrollWidth"), 320);
    });
  }

  it("keeps opened parts and focus through polling", async () => {
    await visitor.open(fragment);
    await visitor.card(network).locator("summary").click();

    await visitor.pass();
    await visitor.settled();

    assert.equal(await visitor.card(network).locator("details").getAttribute("open"), "");
    assert.equal(await visitor.page.evaluate("document.activeElement?.tagName"), "SUMMARY");
  });
});
