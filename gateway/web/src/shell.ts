import type { Genesis } from "@comity/protocol";
import { type Anchor, openGenesis, readAnchor } from "./anchor.ts";
import { ApiError, type Coalition, fetchCoalition, fetchGenesis } from "./api.ts";
import { part } from "./element.ts";
import { type TrustVerdict, trustView } from "./view/trust.ts";

const POLL_MS = 3_000;

/** Whose network the visitor asked for, and whether this gateway's is it. */
export interface NetworkKnown {
  readonly anchor: Anchor;
  /** The gateway's genesis record where it is the visitor's; null where it is another; undefined while it is fetched. */
  readonly genesis: Genesis | null | undefined;
}

/** What a page shows of its own. */
export interface PageContent {
  /** Another fingerprint: all earlier verdicts are void. */
  anchorTo(anchor: Anchor): void;
  /** What is asked anew at each poll, each by itself: one that fails leaves the others, and what was shown before, in place. */
  readonly refresh: readonly (() => Promise<void>)[];
  showCoalition?(coalition: Coalition | undefined, genesis: Genesis | undefined): void;
  trust(known: NetworkKnown): TrustVerdict;
}

/** What all pages have in common: the fingerprint in the address, whose network this is, and one answer to whether it can be relied on. */
export class Shell {
  readonly #content: PageContent;
  readonly #shown = new Map<string, string>();
  #anchor: Anchor = { kind: "missing" };
  #genesis: Genesis | null | undefined;
  #coalition: Coalition | undefined;

  constructor(content: PageContent) {
    this.#content = content;
  }

  start(): void {
    addEventListener("hashchange", () => void this.#anchorAnew());
    part("anchor-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = part("anchor-field");
      if (field instanceof HTMLInputElement) location.hash = `genesis=${field.value.trim().toLowerCase()}`;
    });
    void this.#anchorAnew().then(() => this.#poll());
  }

  showTrust(): void {
    const verdict = this.#content.trust({ anchor: this.#anchor, genesis: this.#genesis });
    part("anchor-form").hidden = verdict.kind !== "unanchored";
    part("trust").dataset["state"] = verdict.kind;
    this.replace("trust-verdict", JSON.stringify(verdict), (root) =>
      root.replaceChildren(...trustView(verdict)),
    );
  }

  /** Touches the page only where something changed: readers and screen readers are not disturbed. */
  replace(id: string, content: string, write: (root: HTMLElement) => void): void {
    if (this.#shown.get(id) === content) return;
    this.#shown.set(id, content);
    write(part(id));
  }

  async #anchorAnew(): Promise<void> {
    this.#anchor = readAnchor(location.hash);
    this.#genesis = undefined;
    carryAnchor(this.#anchor);
    this.showTrust();
    this.#content.anchorTo(this.#anchor);
    await this.#refresh();
  }

  async #poll(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (document.visibilityState === "visible") await this.#refresh();
    }
  }

  async #refresh(): Promise<void> {
    const parts = [() => this.#refreshCoalition(), ...this.#content.refresh];
    const failures = await Promise.all(parts.map(attempt));
    const problem = failures.find((failure) => failure !== undefined);
    this.replace("connection", problem ?? "", (root) => (root.textContent = problem ?? ""));
    this.showTrust();
  }

  async #refreshCoalition(): Promise<void> {
    // Asked first and on its own: the record is checked even where the ledger does not answer.
    if (this.#genesis === undefined || this.#genesis === null) await this.#checkGenesis();
    this.#coalition = await fetchCoalition();
    this.#showCoalition();
  }

  async #checkGenesis(): Promise<void> {
    const anchor = this.#anchor;
    const genesis = openGenesis(await fetchGenesis(), anchor) ?? null;
    if (anchor === this.#anchor) this.#genesis = genesis;
    this.#showCoalition();
  }

  #showCoalition(): void {
    const coalition = this.#coalition;
    const genesis = this.#genesis ?? undefined;
    const name = genesis?.name ?? coalition?.name ?? "";
    const notice = coalition?.evaluationNotice ?? shortNotice(genesis);
    this.replace("coalition-name", name, (root) => (root.textContent = name));
    this.replace("evaluation", notice, (root) => {
      root.hidden = notice === "";
      root.textContent = notice;
    });
    this.#content.showCoalition?.(coalition, genesis);
  }
}

function shortNotice(genesis: Genesis | undefined): string {
  return genesis?.mode === "evaluation" ? "This is an evaluation network." : "";
}

/** Going to another page must not cost the visitor the fingerprint. */
function carryAnchor(anchor: Anchor): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a")) {
    link.hash = anchor.kind === "given" ? `genesis=${anchor.genesis}` : "";
  }
}

async function attempt(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return `${error.message} What you see may be old; asking again.`;
    throw error;
  }
}
