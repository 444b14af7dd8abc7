import type { Anchor } from "./anchor.ts";
import { ApiError, bundleUrl, fetchBundle } from "./api.ts";
import { CheckQueue } from "./checkQueue.ts";
import { element } from "./element.ts";
import { broken, type ListedAlert } from "./verdict.ts";
import type { VerifierClient } from "./verifierClient.ts";
import { AlertCard, type CardState } from "./view/alertCard.ts";

interface Entry {
  readonly card: AlertCard;
  listed: ListedAlert;
  state: CardState;
  /** Grows with whatever makes a check that is under way void: other words of the gateway, another fingerprint. */
  version: number;
  /** How often in a row the gateway was asked for the evidence in vain. */
  misses: number;
}

/** Nodes gather evidence from each other first, so it may come a little after its alert; then it counts as hidden. */
const PATIENCE = 3;
/** Bundles are large: a phone fetches and checks no more than this at once. */
const LANES = 2;

/** All alerts that the gateway has listed since the page was opened, each with what this browser made of it. */
export class AlertBoard {
  readonly #root: HTMLElement;
  readonly #verifier: VerifierClient;
  readonly #onChange: () => void;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new CheckQueue<Entry>(LANES, (entry) => this.#check(entry));
  readonly #empty = element("li", { class: "empty" }, "The gateway lists no alert.");
  #anchor: Anchor = { kind: "missing" };

  constructor(root: HTMLElement, verifier: VerifierClient, onChange: () => void) {
    this.#root = root;
    this.#verifier = verifier;
    this.#onChange = onChange;
  }

  counts(): { verified: number; broken: number; checking: number } {
    const states = [...this.#entries.values()].map(({ state }) => state);
    return {
      verified: states.filter((state) => typeof state !== "string" && state.isVerified).length,
      broken: states.filter((state) => typeof state !== "string" && !state.isVerified).length,
      checking: states.filter((state) => state === "checking" || state === "awaited").length,
    };
  }

  /** Another fingerprint: all earlier verdicts are void. */
  anchorTo(anchor: Anchor): void {
    this.#anchor = anchor;
    for (const entry of this.#entries.values()) this.#checkAnew(entry);
  }

  /** Takes in what the gateway lists now; verifies what is new, or says something new. */
  list(alerts: readonly ListedAlert[]): void {
    // Checks run in this order: the newest is what most readers came for.
    for (const listed of [...alerts].sort((a, b) => b.filedMs - a.filedMs)) this.#take(listed);
    const ids = new Set(alerts.map(({ alertId }) => alertId));
    for (const [id, entry] of this.#entries) {
      if (!ids.has(id)) this.#withdraw(entry);
    }
    this.#arrange();
  }

  #take(listed: ListedAlert): void {
    const entry = this.#entries.get(listed.alertId);
    if (!entry) {
      this.#checkAnew(this.#add(listed));
    } else if (claimOf(entry.listed) !== claimOf(listed) || isWithdrawn(entry.state)) {
      entry.listed = listed;
      this.#checkAnew(entry);
    } else {
      this.#renew(entry, listed);
    }
  }

  /** The same claim, so the verdict stands; what no signature covers, such as a status, may be another. */
  #renew(entry: Entry, listed: ListedAlert): void {
    const isSame = JSON.stringify(entry.listed) === JSON.stringify(listed);
    entry.listed = listed;
    if (!isSame) entry.card.show(entry.state, listed);
    if (isMissing(entry.state)) this.#queue.add(entry);
  }

  #add(listed: ListedAlert): Entry {
    const card = new AlertCard(listed, () => this.#checkAnew(entry));
    const entry: Entry = { listed, state: "unanchored", card, version: 0, misses: 0 };
    card.show(entry.state, listed);
    this.#entries.set(listed.alertId, entry);
    return entry;
  }

  #checkAnew(entry: Entry): void {
    entry.version++;
    entry.misses = 0;
    const isAnchored = this.#anchor.kind === "given";
    this.#show(entry, isAnchored ? "checking" : "unanchored");
    if (isAnchored) this.#queue.add(entry);
  }

  #withdraw(entry: Entry): void {
    entry.version++;
    this.#show(entry, broken("LISTING_WITHDRAWN", "The list of alerts has shrunk."));
  }

  async #check(entry: Entry): Promise<void> {
    const { listed, version } = entry;
    if (this.#anchor.kind !== "given") return;
    const verdict = await this.#verdict(listed, this.#anchor.genesis);
    if (entry.version !== version) return;
    entry.misses = isMissing(verdict) ? entry.misses + 1 : 0;
    this.#show(entry, isMissing(verdict) && entry.misses < PATIENCE ? "awaited" : verdict);
  }

  async #verdict(listed: ListedAlert, genesis: string): Promise<CardState> {
    try {
      const bytes = await fetchBundle(bundleUrl(listed.alertId));
      return await this.#verifier.verify({ kind: "alert", listed, bytes, genesis });
    } catch (error) {
      if (error instanceof ApiError) return broken("BUNDLE_HIDDEN", error.message);
      return broken("CHECK_FAILED", error instanceof Error ? error.message : String(error));
    }
  }

  #show(entry: Entry, state: CardState): void {
    if (JSON.stringify(entry.state) === JSON.stringify(state)) return;
    entry.state = state;
    entry.card.show(state, entry.listed);
    this.#onChange();
  }

  /** Newest first; the page is touched only where the order changes. */
  #arrange(): void {
    const entries = [...this.#entries.values()].sort((a, b) => b.listed.filedMs - a.listed.filedMs);
    const wanted = entries.length === 0 ? [this.#empty] : entries.map(({ card }) => card.root);
    const isSame =
      wanted.length === this.#root.childElementCount &&
      wanted.every((node, i) => node === this.#root.children[i]);
    if (!isSame) this.#root.replaceChildren(...wanted);
  }
}

/** What a verdict is about. */
function claimOf({ alertId, keyEpoch, statement, signature, digest }: ListedAlert): string {
  return JSON.stringify([alertId, keyEpoch, statement, signature, digest]);
}

/** Asking again may bring what was not to be had. */
function isMissing(state: CardState): boolean {
  return (
    state === "awaited" || (typeof state !== "string" && !state.isVerified && state.code === "BUNDLE_HIDDEN")
  );
}

function isWithdrawn(state: CardState): boolean {
  return typeof state !== "string" && !state.isVerified && state.code === "LISTING_WITHDRAWN";
}
