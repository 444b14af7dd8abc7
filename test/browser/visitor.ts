import type { Locator, Page } from "playwright-core";
import type { Fixture } from "../fixture/bundle.ts";
import { sharedBrowser } from "./chromium.ts";
import { type Site, startSite, type SiteOptions } from "./site.ts";

interface Viewport {
  readonly width: number;
  readonly height: number;
}

const desk: Viewport = { width: 1200, height: 900 };

/**
 * Somebody with a browser in front of a gateway. One for a suite of tests, on one tab: to make a tab takes three times the processor time of a page.
 * The pages keep nothing between visits, which they are tested for.
 */
export class Visitor {
  readonly site: Site;
  readonly page: Page;
  /** Errors that the page's own scripts, or the browser, have put on the console. */
  problems: string[] = [];
  /** Addresses that the page has asked for. */
  requested: string[] = [];

  private constructor(site: Site, page: Page) {
    this.site = site;
    this.page = page;
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && this.problems.push(message.text()));
    page.on("request", (request) => this.requested.push(request.url()));
  }

  /** Undefined, with a word about it, where this machine has no Chromium. */
  static async start(options: SiteOptions): Promise<Visitor | undefined> {
    const page = await (await sharedBrowser())?.newPage();
    if (page === undefined) {
      console.warn("      no Chromium on this machine: the page is not tested (apt-get install chromium)");
      return undefined;
    }
    await page.clock.install();
    return new Visitor(await startSite(options), page);
  }

  async stop(): Promise<void> {
    await this.page.close();
    await this.site.stop();
  }

  /** Opens the page and waits until it has made up its mind. */
  async open(address: string, viewport: Viewport = desk): Promise<void> {
    await this.visit(address, viewport);
    await this.settled();
  }

  async visit(address: string, viewport: Viewport = desk): Promise<void> {
    [this.problems, this.requested] = [[], []];
    await this.page.setViewportSize(viewport);
    await this.page.emulateMedia({ colorScheme: null });
    await this.page.goto(`${this.site.url}/${address}`);
  }

  /** Leaves the page, which a new address with another fragment alone would not, and makes the gateway honest again. */
  async leave(): Promise<void> {
    await this.page.goto("about:blank");
    this.site.lie = undefined;
  }

  /** Until every card says something, and every list is there. */
  async settled(): Promise<void> {
    await this.page.locator(".empty").first().waitFor({ state: "detached" });
    await this.page.locator(".card").first().waitFor();
    await this.page.locator("[data-state=checking]").first().waitFor({ state: "detached" });
  }

  /** Lets the page poll once, without waiting for the three seconds that it waits. */
  pass(): Promise<void> {
    return this.page.clock.runFor(3_100);
  }

  trust(): Promise<string | null> {
    return this.page.getAttribute("#trust", "data-state");
  }

  /** Of a bond or a venue. */
  entry(id: string): Locator {
    return this.page.locator(`[data-entry="${id}"]`);
  }

  card({ alert }: Fixture): Locator {
    return this.page.locator(`[data-alert="${alert.alertId}"]`);
  }

  stateOf(which: Fixture): Promise<string | null> {
    return this.card(which).getAttribute("data-state");
  }
}
