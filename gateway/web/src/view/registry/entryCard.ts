import { element } from "../../element.ts";
import type { RegistryBroken, VerifiedEntryOf } from "../../registry/verdict.ts";
import { stepsView } from "../steps.ts";
import { entrySteps } from "./entrySteps.ts";
import { brokenText } from "./meanings.ts";

/** `inList`: it stands in a list that was verified as a whole. `pending`: the coalition has not signed it yet. */
export type EntryState = "unanchored" | "pending" | "inList" | "checking" | VerifiedEntryOf | RegistryBroken;

/** What helps to tell of an entry. */
export interface Known {
  /** What a proof of its own has shown, beyond what is in the list. */
  readonly verified: VerifiedEntryOf | undefined;
  /** Members by id, from the genesis record that the visitor's fingerprint names. */
  readonly names: Names;
}

export type Names = Readonly<Record<string, string>>;

/** How an entry of a registry is told. */
export interface EntryView<L> {
  readonly registry: "venues" | "bonds";
  readonly titleOf: (listed: L) => string;
  readonly bodyOf: (listed: L, known: Known) => HTMLElement[];
  readonly proofName: (id: string) => string;
}

export interface Shown<L> {
  readonly id: string;
  readonly listed: L;
  readonly state: EntryState;
  /** The gateway reports a revision that the coalition has not signed yet. */
  readonly isOutdated: boolean;
  readonly names: Names;
}

const badges = {
  unanchored: ["unanchored", "Not verified"],
  pending: ["checking", "Not signed yet: this gateway's word"],
  inList: ["verified", "In the list that the coalition signed"],
  checking: ["checking", "Verifying …"],
  verified: ["verified", "Verified in this browser"],
  broken: ["broken", "Broken: do not rely on this"],
} as const;

/** One entry on the page. It stays while its content changes, so that focus and opened parts stay too. */
export class EntryCard<L> {
  readonly root: HTMLElement;
  readonly #view: EntryView<L>;
  readonly #badge = element("p", { class: "badge" });
  readonly #title = element("h3");
  readonly #body = element("div", { class: "card-body" });
  readonly #button = element("button", { type: "button" }, "Verify in this browser");
  #shown = "";

  constructor(
    id: string,
    view: EntryView<L>,
    deps: { readonly proofUrl: string; readonly onVerify: () => void },
  ) {
    this.#view = view;
    this.#button.addEventListener("click", deps.onVerify);
    const about = element("span", { class: "visually-hidden" }, ` of ${id}`);
    const download = element(
      "a",
      { href: deps.proofUrl, download: view.proofName(id) },
      "Download the proof",
    );
    download.append(about);
    const actions = element("div", { class: "actions" }, this.#button, download);
    this.root = element(
      "li",
      { class: "card", "data-entry": id },
      this.#badge,
      this.#title,
      this.#body,
      actions,
    );
  }

  show(shown: Shown<L>): void {
    const content = JSON.stringify(shown);
    if (content === this.#shown) return;
    this.#shown = content;
    const [kind, badge] = badges[badgeOf(shown.state)];
    this.root.dataset["state"] = kind;
    this.#badge.textContent = badge;
    this.#title.textContent = kind === "broken" ? shown.id : this.#view.titleOf(shown.listed);
    this.#replaceBody(this.#bodyOf(shown));
    this.#button.disabled = ["unanchored", "pending", "checking"].includes(badgeOf(shown.state));
    const isChecked = typeof shown.state !== "string";
    this.#button.textContent = isChecked ? "Verify again in this browser" : "Verify in this browser";
  }

  #bodyOf({ listed, state, isOutdated, names }: Shown<L>): HTMLElement[] {
    if (typeof state !== "string" && !state.isVerified) return [brokenText(state)];
    const verified = typeof state === "string" ? undefined : state;
    const steps = verified && entrySteps(this.#view.registry, verified.entry.answer.document !== null);
    return [
      ...(isOutdated ? [element("p", { class: "quiet" }, outdated)] : []),
      ...this.#view.bodyOf(listed, { verified, names }),
      ...(verified && steps
        ? [
            element(
              "details",
              { class: "checked" },
              element("summary", {}, "What your browser checked"),
              stepsView(steps, verified),
            ),
          ]
        : []),
    ];
  }

  /** Parts that the visitor has opened stay open. */
  #replaceBody(children: readonly HTMLElement[]): void {
    const opened = [...this.#body.querySelectorAll("details[open]")].map(({ className }) => className);
    this.#body.replaceChildren(...children);
    for (const details of this.#body.querySelectorAll("details"))
      details.open = opened.includes(details.className);
  }
}

const outdated =
  "The gateway reports a newer revision of this entry, which the coalition has not signed yet. This is the signed one.";

function badgeOf(state: EntryState): keyof typeof badges {
  if (typeof state === "string") return state;
  return state.isVerified ? "verified" : "broken";
}
