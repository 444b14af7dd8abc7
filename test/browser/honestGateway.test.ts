import assert from "node:assert/strict";
import {
  attacker,
  bundlePath,
  fragment,
  inList,
  network,
  onlyFirst,
  onPath,
  second,
  withText,
} from "./lies.ts";
import { Visitor } from "./visitor.ts";

describe("page before an honest gateway", function () {
  this.timeout(60_000);
  let visitor: Visitor;

  before(async function () {
    visitor = (await Visitor.start({ network, more: [second] })) ?? this.skip();
  });
  after(() => (visitor as Visitor | undefined)?.stop());
  afterEach(() => visitor.leave());

  describe("of the network that the visitor named", () => {
    it("verifies every alert by itself and shows what the bundle says", async () => {
      await visitor.open(fragment);

      assert.equal(await visitor.trust(), "verified");
      assert.match(await visitor.page.innerText("#trust"), /2 alerts verified/);
      const text = await visitor.card(network).innerText();
      assert.match(text, /Undeclared training at northfield-1/);
      assert.match(text, /5\.52 × 10²⁰ FLOP/);
      assert.match(text, /Signed by 3 of 4 members: Aldervale, Brightmoor and Dunmere/);
      assert.deepEqual(visitor.problems, []);
    });

    it("lists what it checked, from genesis to figures", async () => {
      await visitor.open(fragment);

      await visitor.card(network).locator("summary").click();

      const titles = await visitor.card(network).locator(".step.holds .step-title").allInnerTexts();
      assert.equal(titles.length, 9);
      assert.match(await visitor.card(network).locator(".steps").innerText(), /hashes to .*your fingerprint/);
      assert.match(await visitor.card(network).innerText(), new RegExp(network.alert.digest));
    });

    it("verifies again when asked to", async () => {
      await visitor.open(fragment);
      const before = visitor.requested.filter((url) => url.endsWith(bundlePath(network))).length;

      await visitor.card(network).getByRole("button", { name: "Verify again in this browser" }).click();
      await visitor.settled();

      assert.equal(await visitor.stateOf(network), "verified");
      assert.equal(visitor.requested.filter((url) => url.endsWith(bundlePath(network))).length, before + 1);
    });

    it("verifies an alert that comes in while the page is open", async () => {
      visitor.site.lie = onPath("/v1/alerts", (honest) => withText(honest, onlyFirst));
      await visitor.open(fragment);
      assert.match(await visitor.page.innerText("#trust"), /1 alert verified/);

      visitor.site.lie = undefined;
      await visitor.pass();
      await visitor.card(second).waitFor();
      await visitor.settled();

      assert.equal(await visitor.stateOf(second), "verified");
    });

    it("takes in that an alert is superseded without verifying it anew", async () => {
      await visitor.open(fragment);
      const asked = visitor.requested.length;

      visitor.site.lie = inList('"status":"open"', '"status":"superseded"');
      await visitor.pass();
      await visitor.page.getByText("a later alert with a greater bound replaces this one").waitFor();

      assert.equal(await visitor.trust(), "verified");
      assert.deepEqual(
        visitor.requested.slice(asked).filter((url) => url.endsWith("/bundle")),
        [],
      );
    });

    it("talks to nobody else, keeps no cookie, and never sends the fingerprint", async () => {
      await visitor.open(fragment);

      assert.deepEqual(
        visitor.requested.filter(
          (url) =>
            !url.startsWith(`${visitor.site.url}/`) || url.replace(fragment, "").includes(network.networkId),
        ),
        [],
      );
      assert.deepEqual(await visitor.page.context().cookies(), []);
    });

    it("says what an evaluation network is", async () => {
      await visitor.open(fragment);

      assert.match(await visitor.page.innerText("#evaluation"), /no authority.*86,400 times.*no faults/s);
    });
  });

  describe("without a fingerprint of the visitor's own", () => {
    it("verifies nothing and shows nothing of any alert", async () => {
      await visitor.open("");

      assert.equal(await visitor.trust(), "unanchored");
      assert.equal(await visitor.stateOf(network), "unanchored");
      assert.doesNotMatch(await visitor.page.innerText("#alerts"), /northfield-1|quiet-compute|Signed by/);
    });

    it("takes one that is typed in", async () => {
      await visitor.open("");

      await visitor.page.getByLabel("Genesis fingerprint").fill(`  ${network.networkId.toUpperCase()} `);
      await visitor.page.keyboard.press("Enter");
      await visitor.page.waitForSelector("#trust[data-state=verified]");

      assert.equal(await visitor.page.evaluate("location.hash"), fragment);
    });

    it("says that a malformed one is none", async () => {
      await visitor.open("#genesis=5f0c");

      assert.equal(await visitor.trust(), "unanchored");
      assert.match(await visitor.page.innerText("#trust"), /fingerprint in this address is not one/);
    });
  });

  describe("of another network", () => {
    it("says that the gateway is broken or lying, and shows no alert", async () => {
      await visitor.open(`#genesis=${attacker.networkId}`);

      assert.equal(await visitor.trust(), "broken");
      assert.match(await visitor.page.innerText("#trust"), /broken or lying.*another network/s);
      assert.equal(await visitor.stateOf(network), "broken");
      assert.doesNotMatch(await visitor.page.innerText("#alerts"), /northfield-1/);
    });
  });
});
