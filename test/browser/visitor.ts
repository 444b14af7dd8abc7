import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Fixture } from "../fixture/bundle.ts";
import { chromiumFile, launch } from "./chromium.ts";
import { type Site, startSite, type SiteOptions } from "./site.ts";

/** Somebody with a browser in front of a gateway. One for a suite of tests; each test opens its own page. */
export class Visitor {
  readonly #browser: Browser;
  readonly site: Site;
  #page: Page | undefined;
  /** Errors that the page's own scripts, or the browser, have put on the console. */
  problems: string[] = [];
  /** Addresses that the page has asked for. */
  requested: string[] = [];

  private constructor(browser: Browser, site: Site) {
    this.#browser = browser;
    this.site = site;
  }

  /** Undefined, with a word about it, where this machine has no Chromium. */
  static async start(options: SiteOptions): Promise<Visitor | undefined> {
    if (chromiumFile !== undefined) return new Visitor(await launch(chromiumFile), await startSite(options));
    console.warn("      no Chromium on this machine: the page is not tested (apt-get install chromium)");
    return undefined;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.site.stop();
  }

  get page(): Page {
    if (!this.#page) throw new Error("no page is open");
    return this.#page;
  }

  /** Opens the page and waits until it has made up its mind. */
  async open(address: string, options: BrowserContextOptions = {}): Promise<void> {
    await this.visit(address, options);
    await this.settled();
  }

  async visit(address: string, options: BrowserContextOptions = {}): Promise<void> {
    [this.problems, this.requested] = [[], []];
    const context = await this.#browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    this.#page = page;
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && this.problems.push(message.text()));
    page.on("request", (request) => this.requested.push(request.url()));
    await page.clock.install();
    await page.goto(`${this.site.url}/${address}`);
  }

  /** Closes the page and makes the gateway honest again. */
  async leave(): Promise<void> {
    await this.#page?.context().close();
    this.#page = undefined;
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
