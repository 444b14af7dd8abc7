import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { cellHashOf, decodeReceipt, verifyReceipt } from "@comity/tip";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { appointOfficers, cellFor, certificateOf, networkOf } from "../system/tipSender.ts";
import { sharedBrowser } from "./chromium.ts";
import { faults } from "./faults.ts";

const phone = { width: 360, height: 740 };

describe("The form for sealed tips", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let browser: Browser;
  let folder: string;
  let cellFile: string;

  before(async function () {
    browser = (await sharedBrowser()) ?? this.skip();
    folder = mkdtempSync(join(tmpdir(), "comity-form-"));
    await appointOfficers(shared());
    cellFile = join(folder, "tip.cell");
  });
  after(() => {
    if ((folder as string | undefined) !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function visit(options: BrowserContextOptions): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(`${shared().coalition.gatewayUrl}/tip`);
    return page;
  }

  async function send(page: Page): Promise<void> {
    await page.getByLabel("The sealed file", { exact: true }).setInputFiles(cellFile);
    await page.getByRole("button", { name: "Send it" }).click();
    await page.getByRole("heading", { name: "Keep this receipt" }).waitFor();
  }

  it("takes one without a script, and shows a receipt that verifies", async () => {
    const cell = await cellFor(shared(), "without a script");
    writeFileSync(cellFile, cell);
    const page = await visit({ javaScriptEnabled: false, viewport: phone });

    await send(page);

    const shown = await page.locator("pre code").textContent();
    const receipt = decodeReceipt(new TextEncoder().encode(shown ?? ""));
    verifyReceipt(receipt, networkOf(shared()));
    assert.equal(receipt.cellHash, cellHashOf(cell));
    await certificateOf(shared(), receipt.cellHash);
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save the receipt" }).click();
    assert.equal(readFileSync(await (await saving).path(), "utf8"), shown);
    await page.context().close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no accessibility fault that axe finds, before and after: ${colorScheme}, on a phone and a desk`, async () => {
      writeFileSync(cellFile, await cellFor(shared(), colorScheme));
      const asked: string[] = [];
      const page = await visit({ colorScheme, viewport: phone });
      page.on("request", (request) => asked.push(request.url()));

      assert.deepEqual(await faults(page), []);
      await send(page);
      assert.deepEqual(await faults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), phone.width);
      await page.setViewportSize({ width: 1200, height: 900 });
      assert.deepEqual(await faults(page), []);

      assert.ok(asked.every((url) => url.startsWith(shared().coalition.gatewayUrl)));
      await page.context().close();
    });
  }
});
