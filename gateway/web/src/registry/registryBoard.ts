import type { Genesis } from "@comity/protocol";
import type { Anchor } from "../anchor.ts";
import { element } from "../element.ts";
import { plural } from "../format.ts";
import type { VerifierClient } from "../verifierClient.ts";
import { absenceCard } from "../view/registry/absence.ts";
import {
  EntryCard,
  type EntryState,
  type EntryView,
  type Names,
  type Shown,
} from "../view/registry/entryCard.ts";
import { brokenText } from "../view/registry/meanings.ts";
import { EntryChecks } from "./entryChecks.ts";
import type { RegistryKind } from "./kind.ts";
import { NowList } from "./nowList.ts";
import { isId, matches } from "./search.ts";
import { SignedList, type ListState } from "./signedList.ts";
import type { RegistryDocument } from "./verdict.ts";

export interface RegistryBoardOptions<D extends RegistryDocument, L> {
  readonly kind: RegistryKind<D, L>;
  readonly view: EntryView<L>;
  readonly compare: (a: L, b: L) => number;
}

export interface RegistryBoardDeps {
  readonly list: HTMLElement;
  /** Where it is said how much was found. */
  readonly found: HTMLElement;
  readonly verifier: VerifierClient;
  readonly onChange: () => void;
}

/** More are not drawn; a search narrows them down. */
const MAX_SHOWN = 50;

/** A registry on the page: the whole list as the coalition signed it, what the gateway says beyond that, and what single checks have shown. */
export class RegistryBoard<D extends RegistryDocument, L> {
  readonly #options: RegistryBoardOptions<D, L>;
  readonly #deps: RegistryBoardDeps;
  readonly #signed: SignedList<D>;
  readonly #now: NowList<D, L>;
  readonly #checks: EntryChecks<D, L>;
  readonly #cards = new Map<string, EntryCard<L>>();
  #names: Names = {};
  /** The gateway has been asked once, so that an empty list means something. */
  #isAsked = false;
  #query = "";

  constructor(options: RegistryBoardOptions<D, L>, deps: RegistryBoardDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#signed = new SignedList(options.kind, deps.verifier);
    this.#now = new NowList(options.kind, this.#signed);
    const onChange = (): void => this.#render();
    this.#checks = new EntryChecks(options.kind, { signed: this.#signed, verifier: deps.verifier, onChange });
  }

  get state(): ListState {
    return this.#signed.state;
  }

  /** What of it does not hold, of those entries that are shown or were checked. */
  brokenCount(): number {
    if (this.#signed.genesis === undefined) return 0;
    return this.#items("").filter(({ state }) => typeof state !== "string" && !state.isVerified).length;
  }

  /** Only those of the genesis record that the visitor's fingerprint names. */
  nameMembers(genesis: Genesis | undefined): void {
    this.#names = Object.fromEntries((genesis?.members ?? []).map(({ memberId, name }) => [memberId, name]));
    this.#render();
  }

  anchorTo(anchor: Anchor): void {
    this.#checks.clear();
    void this.#signed.anchorTo(anchor).then(() => this.#render());
    this.#render();
  }

  /** @throws ApiError */
  async refresh(): Promise<void> {
    try {
      await this.#signed.refresh();
      await this.#now.refresh();
      this.#isAsked = true;
    } finally {
      this.#render();
    }
  }

  search(query: string): void {
    this.#query = query.trim();
    this.#render();
    const wanted = this.#absentId();
    if (wanted !== undefined && this.#checks.of(wanted) === undefined) void this.#checks.check(wanted);
  }

  #render(): void {
    if (this.#isAsked) this.#draw();
    this.#deps.onChange();
  }

  #draw(): void {
    const { state } = this.#signed;
    const isBroken = typeof state !== "string" && !state.isVerified;
    const items = isBroken ? [] : this.#items(this.#query);
    this.#arrange(
      isBroken
        ? [element("li", { class: "card", "data-state": "broken" }, brokenText(state))]
        : [...this.#absence(), ...items.slice(0, MAX_SHOWN).map((item) => this.#card(item))],
    );
    const text = isBroken ? "" : this.#foundText(items.length);
    if (this.#deps.found.textContent !== text) this.#deps.found.textContent = text;
  }

  #items(query: string): Shown<L>[] {
    const { kind, compare } = this.#options;
    const signed = this.#signed.documents().map((document) => kind.listedOf(document));
    const ids = new Set(signed.map((listed) => kind.idOf(listed)));
    const ahead = new Set(this.#now.ahead.map((listed) => kind.idOf(listed)));
    const strangers = this.#now.ahead.filter((listed) => !ids.has(kind.idOf(listed)));
    return [...signed, ...strangers]
      .filter((listed) => matches(kind.textOf(listed), query))
      .sort(compare)
      .map((listed) => {
        const id = kind.idOf(listed);
        const isSigned = ids.has(id);
        const state = this.#stateOf(id, isSigned);
        return { id, listed, state, isOutdated: isSigned && ahead.has(id), names: this.#names };
      });
  }

  #stateOf(id: string, isSigned: boolean): EntryState {
    if (this.#signed.genesis === undefined) return "unanchored";
    const contradiction = this.#now.contradictions.get(id);
    if (contradiction) return contradiction;
    if (!isSigned) return "pending";
    const isHeld = typeof this.#signed.state !== "string";
    return this.#checks.of(id) ?? (isHeld ? "inList" : "checking");
  }

  #card(shown: Shown<L>): HTMLElement {
    const { id } = shown;
    const { view } = this.#options;
    const onVerify = (): void => void this.#checks.check(id);
    const card =
      this.#cards.get(id) ?? new EntryCard(id, view, { proofUrl: this.#checks.proofUrl(id), onVerify });
    this.#cards.set(id, card);
    card.show(shown);
    return card.root;
  }

  /** An id that somebody looks for and that is in no list: its absence can be shown, too. */
  #absentId(): string | undefined {
    const id = this.#query.toUpperCase();
    const isKnown = this.#items("").some((item) => item.id === id);
    return isId(id) && !isKnown && this.#signed.genesis !== undefined ? id : undefined;
  }

  #absence(): HTMLElement[] {
    const id = this.#absentId();
    if (id === undefined) return [];
    const proof = { url: this.#checks.proofUrl(id), name: this.#options.view.proofName(id) };
    return [absenceCard(id, this.#checks.of(id) ?? "checking", { ...this.#options, proof })];
  }

  #foundText(count: number): string {
    const [one, many] = this.#options.kind.words;
    const total = plural(this.#items("").length, one, many);
    if (this.#query === "")
      return count > MAX_SHOWN ? `${total}; the first ${MAX_SHOWN} are shown.` : `${total}.`;
    if (count > 0) return `${plural(count, one, many)} of ${total.replace(/ .*/, "")} found.`;
    const isWhole = typeof this.#signed.state !== "string";
    const whole = isWhole ? " Your browser has the whole signed list, so there is none." : "";
    return `Nothing found among ${total}.${whole}`;
  }

  /** The page is touched only where something is another: readers and screen readers are not disturbed. */
  #arrange(nodes: readonly HTMLElement[]): void {
    const { list } = this.#deps;
    const isSame =
      nodes.length === list.childElementCount &&
      nodes.every((node, i) => node === list.children[i] || node.isEqualNode(list.children[i] ?? null));
    if (!isSame) list.replaceChildren(...nodes);
  }
}
