import assert from "node:assert/strict";
import { canonicalString, nominationRequest, venueDocument } from "@comity/protocol";
import type { Browser, Page } from "playwright-core";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { appointOfficers } from "../system/tipSender.ts";
import { sharedBrowser } from "./chromium.ts";
import { faults } from "./faults.ts";

const nomination = nominationRequest({
  venueId: "01JD000000000000000000000F",
  venue: {
    ...{ schema: "Company", name: "Low Field Halls", aliases: ["LFH"], country: "xb" },
    ...{ address: "3 Low Field, Brenovia", website: "https://low-field.example" },
  },
  legalBasis: "Framework, article 7",
  reasons: "It let a hall in which nothing was declared, and did not answer.",
  evidence: ["ab".repeat(32)],
});
const cellHash = "cd".repeat(32);

describe("The officer's console", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let browser: Browser;
  let page: Page;

  before(async function () {
    browser = (await sharedBrowser()) ?? this.skip();
    const test = shared();
    const other = test.coalition.ledger(test.memberId(2), "officer");
    await appointOfficers(test);
    await other.submit("designation:Nominate", canonicalString(nomination));
    await other.submit("designation:Serve", nomination.venueId, "01".repeat(32));
    await other.submit("designation:Respond", nomination.venueId, "02".repeat(32));
    await other.submit("designation:OpenVote", nomination.venueId, "designate", "It has responded.");
    await other.submit("bounty:RequestOpening", canonicalString({ cellHash, reason: "It names a site." }));
  });

  beforeEach(async () => {
    page = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
    for (;;) {
      await page.goto(shared().coalition.consoleUrl(shared().memberId(1)));
      if ((await page.getByText(nomination.venue.name).count()) > 0) break;
    }
  });
  afterEach(() => page.context().close());

  it("shows what waits: a vote with the exact proposal, and a tip that another officer asks to open", async () => {
    const text = await page.locator("main").innerText();

    for (const part of [nomination.reasons, nomination.evidence[0] ?? "", "It has responded.", cellHash])
      assert.ok(text.includes(part), part);
    assert.ok(text.includes(`comity tip open ${cellHash} --member ${shared().memberId(1)}`));
  });

  it("has no accessibility fault that axe finds, on a phone and a desk, in light and dark", async () => {
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
    for (const width of [360, 1200]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await faults(page), [], `${colorScheme}, ${width} pixels`);
      }
    }
  });

  it("puts the officer's word with its reason on the ledger", async () => {
    await page.getByLabel("Your reason").fill("The evidence verifies.");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("status").getByText("Said on the ledger").waitFor();

    const ledger = shared().coalition.ledger(shared().memberId(3), "officer");
    const bytes = await ledger.evaluate("designation:Read", nomination.venueId);
    const { ballot } = venueDocument(JSON.parse(Buffer.from(bytes).toString()));
    assert.deepEqual(
      ballot?.votes.map(({ memberId, decision, reason }) => ({ memberId, decision, reason })),
      [{ memberId: shared().memberId(1), decision: "approve", reason: "The evidence verifies." }],
    );
  });
});
