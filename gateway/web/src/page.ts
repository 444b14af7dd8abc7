import type { Genesis } from "@comity/protocol";
import { AlertBoard } from "./alertBoard.ts";
import { type Anchor, openGenesis, readAnchor } from "./anchor.ts";
import { ApiError, type Coalition, fetchAlerts, fetchCoalition, fetchGenesis, fetchNotices } from "./api.ts";
import { part } from "./element.ts";
import { membersView } from "./view/members.ts";
import { noticesHeading, noticesView } from "./view/notices.ts";
import { trustVerdict, trustView } from "./view/trust.ts";
import { VerifierClient } from "./verifierClient.ts";

const POLL_MS = 3_000;

/** Puts the page together: asks the gateway every few seconds while somebody looks, and shows what can be shown of it. */
class Page {
  readonly #board = new AlertBoard(part("alert-list"), new VerifierClient("/verifier.js"), () =>
    this.#showTrust(),
  );
  #anchor: Anchor = { kind: "missing" };
  #genesis: Genesis | null | undefined;
  #coalition: Coalition | undefined;
  readonly #shown = new Map<string, string>();

  start(): void {
    addEventListener("hashchange", () => void this.#anchorAnew());
    part("anchor-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = part("anchor-field");
      if (field instanceof HTMLInputElement) location.hash = `genesis=${field.value.trim().toLowerCase()}`;
    });
    void this.#anchorAnew().then(() => this.#poll());
  }

  async #anchorAnew(): Promise<void> {
    this.#anchor = readAnchor(location.hash);
    this.#genesis = undefined;
    this.#showTrust();
    this.#board.anchorTo(this.#anchor);
    await this.#refresh();
  }

  async #poll(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (document.visibilityState === "visible") await this.#refresh();
    }
  }

  /** Each part by itself: one that fails leaves the others, and what was shown before, in place. */
  async #refresh(): Promise<void> {
    const failures = await Promise.all([
      attempt(() => this.#refreshCoalition()),
      attempt(async () => this.#board.list((await fetchAlerts()).items)),
      attempt(() => this.#refreshNotices()),
    ]);
    const problem = failures.find((failure) => failure !== undefined);
    this.#replace("connection", problem ?? "", (root) => (root.textContent = problem ?? ""));
    this.#showTrust();
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
    const notice =
      coalition?.evaluationNotice ?? (genesis?.mode === "evaluation" ? "This is an evaluation network." : "");
    this.#replace("coalition-name", name, (root) => (root.textContent = name));
    this.#replace("evaluation", notice, (root) => {
      root.hidden = notice === "";
      root.textContent = notice;
    });
    this.#replace("member-list", JSON.stringify([coalition, genesis]), (root) => {
      root.replaceChildren(...membersView(coalition, genesis));
    });
  }

  async #refreshNotices(): Promise<void> {
    const notices = await fetchNotices();
    this.#replace("notice-list", JSON.stringify(notices), (root) => {
      root.replaceChildren(...noticesView(notices));
      part("notices-title").textContent = noticesHeading(notices);
    });
  }

  #showTrust(): void {
    const verdict = trustVerdict({ anchor: this.#anchor, genesis: this.#genesis, ...this.#board.counts() });
    part("anchor-form").hidden = verdict.kind !== "unanchored";
    part("trust").dataset["state"] = verdict.kind;
    this.#replace("trust-verdict", JSON.stringify(verdict), (root) =>
      root.replaceChildren(...trustView(verdict)),
    );
  }

  /** Touches the page only where something changed: readers and screen readers are not disturbed. */
  #replace(id: string, content: string, write: (root: HTMLElement) => void): void {
    if (this.#shown.get(id) === content) return;
    this.#shown.set(id, content);
    write(part(id));
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

new Page().start();
