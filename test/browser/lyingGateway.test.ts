import assert from "node:assert/strict";
import { attacker, bundlePath, fragment, inBundle, lies, network, onPath, second, withText } from "./lies.ts";
import { Visitor } from "./visitor.ts";

describe("page before a lying gateway", function () {
  this.timeout(60_000);
  let visitor: Visitor;

  before(async function () {
    visitor = (await Visitor.start({ network, more: [second] })) ?? this.skip();
  });
  after(() => (visitor as Visitor | undefined)?.stop());
  afterEach(() => visitor.leave());

  for (const { title, lie, code } of lies) {
    it(`says that an alert is broken when the gateway ${title}`, async () => {
      visitor.site.lie = lie;

      await visitor.open(fragment);

      assert.equal(await visitor.trust(), "broken");
      assert.match(await visitor.page.innerText("#trust"), /broken or lying/);
      const broken = visitor.page.locator(".card[data-state=broken]").first();
      assert.match(await broken.innerText(), new RegExp(`do not rely on this[^]*\\(${code}\\)`));
      assert.doesNotMatch(
        await broken.innerText(),
        /Undeclared training at|northfield-1|elsewhere-9|Signed by/,
      );
    });
  }

  it("leaves alerts that verify as they are", async () => {
    visitor.site.lie = inBundle(/"flopAtLeast":"5/, '"flopAtLeast":"4');

    await visitor.open(fragment);

    assert.deepEqual([await visitor.stateOf(network), await visitor.stateOf(second)], ["broken", "verified"]);
  });

  it("says so when the genesis record is not the visitor's", async () => {
    visitor.site.lie = onPath("/v1/genesis", (honest) => ({ ...honest, body: attacker.genesisBytes }));

    await visitor.open(fragment);

    assert.equal(await visitor.trust(), "broken");
    assert.match(await visitor.page.innerText("#member-list"), /nothing here is verified/);
  });

  it("notices an alert that disappears", async () => {
    await visitor.open(fragment);

    visitor.site.lie = onPath("/v1/alerts", (honest) => ({
      ...honest,
      body: Buffer.from('{"height":9,"items":[],"nextCursor":null}'),
    }));
    await visitor.pass();
    await visitor.page.waitForSelector("#trust[data-state=broken]");

    assert.match(await visitor.card(network).innerText(), /LISTING_WITHDRAWN/);
  });

  it("says that an alert is broken when the gateway hides the bundle, after asking three times", async () => {
    visitor.site.lie = onPath(bundlePath(network), (honest) => ({ ...honest, status: 404 }));
    await visitor.visit(fragment);
    await visitor.card(network).getByText("nothing to believe").waitFor();
    assert.equal(await visitor.trust(), "checking");

    for (let asked = 1; asked < 3; asked++) {
      const answer = visitor.page.waitForResponse((response) => response.url().endsWith(bundlePath(network)));
      await visitor.pass();
      await answer;
    }
    await visitor.page.waitForSelector("#trust[data-state=broken]");

    assert.match(await visitor.card(network).innerText(), /do not rely on this[^]*\(BUNDLE_HIDDEN\)/);
    assert.doesNotMatch(
      await visitor.card(network).innerText(),
      /Undeclared training at|northfield-1|Signed by/,
    );

    visitor.site.lie = undefined;
    await visitor.pass();
    await visitor.page.waitForSelector("#trust[data-state=verified]");
  });

  it("reads nothing that it sends as markup", async () => {
    const image = "<img src=x onerror=alert(1)>";
    visitor.site.lie = onPath("/v1/notices", (honest) =>
      withText(honest, (text) => text.replace("Halden Research", image)),
    );

    await visitor.open(fragment);

    assert.match(await visitor.page.innerText("#notice-list"), /<img src=x/);
    assert.equal(await visitor.page.locator("#notice-list img").count(), 0);
  });

  it("keeps what was shown, and says that it may be old, when the gateway stops answering", async () => {
    await visitor.open(fragment);

    visitor.site.lie = (path, honest) =>
      path.startsWith("/v1/") ? { ...honest, status: 500, body: Buffer.from("oops") } : honest;
    await visitor.pass();
    await visitor.page.waitForSelector("#connection:not(:empty)");

    assert.match(await visitor.page.innerText("#connection"), /may be old/);
    assert.equal(await visitor.stateOf(network), "verified");
  });
});
