import { bundleUrl } from "../api.ts";
import { element } from "../element.ts";
import { date, names, plural, short } from "../format.ts";
import type { ListedAlert, Verdict, Verified } from "../verdict.ts";
import { brokenView } from "./broken.ts";
import { figuresView } from "./figures.ts";
import { alertSteps } from "./alertSteps.ts";
import { stepsView } from "./steps.ts";

/** `awaited`: the gateway has not handed out the evidence yet, and is asked again. */
export type CardState = "unanchored" | "checking" | "awaited" | Verdict;

/** One alert on the page. It stays while its content changes, so that focus and opened parts stay too. */
export class AlertCard {
  readonly root: HTMLElement;
  readonly #badge = element("p", { class: "badge" });
  readonly #title = element("h3");
  readonly #body = element("div", { class: "card-body" });
  readonly #button = element("button", { type: "button" }, "Verify in this browser");

  constructor(listed: ListedAlert, onVerify: () => void) {
    this.#button.addEventListener("click", onVerify);
    const download = element(
      "a",
      { href: bundleUrl(listed.alertId), download: `alert-${listed.alertId}.comity.json` },
      "Download the evidence",
    );
    const about = element("span", { class: "visually-hidden" }, ` of alert ${short(listed.alertId)}`);
    download.append(about);
    const actions = element("div", { class: "actions" }, this.#button, download);
    this.root = element(
      "li",
      { class: "card", "data-alert": listed.alertId },
      this.#badge,
      this.#title,
      this.#body,
      actions,
    );
  }

  show(state: CardState, listed: ListedAlert): void {
    const wasOpen = this.#body.querySelector("details")?.open ?? false;
    const [kind, badge, title] = headingOf(state, listed);
    this.root.dataset["state"] = kind;
    this.#badge.textContent = badge;
    this.#title.textContent = title;
    this.#body.replaceChildren(...bodyOf(state, listed));
    const details = this.#body.querySelector("details");
    if (details) details.open = wasOpen;
    this.#button.disabled = typeof state === "string";
    this.#button.textContent =
      typeof state === "string" ? "Verify in this browser" : "Verify again in this browser";
  }
}

function headingOf(state: CardState, { alertId }: ListedAlert): [kind: string, badge: string, title: string] {
  if (state === "unanchored") return ["unanchored", "Not verified", `Alert ${short(alertId)}`];
  if (state === "checking" || state === "awaited")
    return ["checking", "Verifying …", `Alert ${short(alertId)}`];
  if (!state.isVerified) return ["broken", "Broken: do not rely on this", `Alert ${short(alertId)}`];
  const { subject } = state.bundle.statement;
  return ["verified", "Verified in this browser", `Undeclared training at ${subject.siteId}`];
}

const waiting = {
  unanchored: "The gateway lists this alert. Bring the network's fingerprint to see whether it is true.",
  checking: "Your browser fetches the evidence and checks it.",
  awaited:
    "The gateway has not handed out the evidence yet; your browser asks again. Until it comes, there is nothing to believe.",
};

function bodyOf(state: CardState, listed: ListedAlert): HTMLElement[] {
  if (typeof state === "string") return [element("p", {}, waiting[state])];
  return state.isVerified ? verifiedBody(state, listed) : [brokenView(listed.alertId, state)];
}

function verifiedBody(verdict: Verified, { status }: ListedAlert): HTMLElement[] {
  const { bundle } = verdict;
  const { subject, window, observed } = bundle.statement;
  const total = bundle.genesis.members.length;
  return [
    element(
      "p",
      { class: "lead" },
      `Operator ${subject.operatorId} trained without a notice in force, in the window ${date(window.startMs)} – ${date(window.endMs)}.`,
    ),
    figuresView(bundle),
    element(
      "p",
      { class: "signed" },
      `Signed by ${bundle.signers.length} of ${total} members: ${names(bundle.signers)}. `,
      `Evidence: ${plural(bundle.entryCount, "segment")} of ${plural(bundle.hostCount, "host")}, `,
      `from ${date(observed.startMs)} to ${date(observed.endMs)}.`,
    ),
    ...(status === "superseded"
      ? [
          element(
            "p",
            { class: "quiet" },
            "The gateway reports that a later alert with a greater bound replaces this one.",
          ),
        ]
      : []),
    element(
      "details",
      {},
      element("summary", {}, "What your browser checked"),
      stepsView(alertSteps, verdict),
      element(
        "p",
        { class: "quiet asserted" },
        `That no notice was in force after ledger block ${bundle.statement.ledger.height} is what the members who signed assert: each asked the ledger itself. No bundle can prove an absence.`,
      ),
      identifiers(verdict),
    ),
  ];
}

function identifiers({ bundle }: Verified): HTMLElement {
  const rows = {
    "Statement digest": bundle.digest,
    "Group key": bundle.groupKey,
    Signature: bundle.signature,
  };
  const pairs = Object.entries(rows).flatMap(([term, value]) => [
    element("dt", {}, term),
    element("dd", {}, element("code", {}, value)),
  ]);
  return element("dl", { class: "identifiers" }, ...pairs);
}
