import { element } from "../element.ts";
import { plural, short } from "../format.ts";
import type { NetworkKnown } from "../shell.ts";

export interface TrustState extends NetworkKnown {
  readonly verified: number;
  readonly broken: number;
  readonly checking: number;
}

export interface TrustVerdict {
  readonly kind: "unanchored" | "broken" | "checking" | "verified";
  readonly title: string;
  readonly text: string;
}

/** The page's one answer: can what it shows be relied on? */
export function trustVerdict(state: TrustState): TrustVerdict {
  const unfit = networkVerdict(state);
  if (unfit) return unfit;
  if (state.broken > 0) {
    const alerts = plural(state.broken, "alert does", "alerts do");
    return brokenVerdict(`${alerts} not verify. The reasons are below.`);
  }
  if (state.checking > 0 || state.genesis === undefined) return checkingVerdict;
  const count = state.verified;
  return verifiedVerdict(
    count === 0 ? "This is the network that you named" : `${plural(count, "alert")} verified`,
    `Your browser checked this against your fingerprint ${fingerprintOf(state)} by itself. What nodes do and what was declared is the gateway's word.`,
  );
}

/** The verdict where that of the page's own content does not matter: no fingerprint, or another network's gateway. */
export function networkVerdict({ anchor, genesis }: NetworkKnown): TrustVerdict | undefined {
  if (anchor.kind === "missing") return unanchored("Nothing here is verified yet");
  if (anchor.kind === "malformed") return unanchored("The fingerprint in this address is not one");
  if (genesis !== null) return undefined;
  return brokenVerdict(
    `It speaks for another network than the one that your fingerprint ${short(anchor.genesis)} names. Do not rely on anything below.`,
  );
}

export const checkingVerdict: TrustVerdict = {
  kind: "checking",
  title: "Verifying …",
  text: "Your browser checks what this gateway says.",
};

export function brokenVerdict(text: string): TrustVerdict {
  return { kind: "broken", title: "This gateway is broken or lying", text };
}

export function verifiedVerdict(title: string, text: string): TrustVerdict {
  return { kind: "verified", title, text };
}

export function fingerprintOf({ anchor }: NetworkKnown): string {
  return anchor.kind === "given" ? short(anchor.genesis) : "";
}

function unanchored(title: string): TrustVerdict {
  return {
    kind: "unanchored",
    title,
    text: "A gateway that vouches for itself proves nothing. Bring the network's fingerprint: 64 hexadecimal digits, from a member or anybody else whom you trust.",
  };
}

export function trustView(verdict: TrustVerdict): HTMLElement[] {
  return [element("p", { class: "trust-title" }, verdict.title), element("p", {}, verdict.text)];
}
