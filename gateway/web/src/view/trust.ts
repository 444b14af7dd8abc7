import type { Genesis } from "@comity/protocol";
import type { Anchor } from "../anchor.ts";
import { element } from "../element.ts";
import { plural, short } from "../format.ts";

export interface TrustState {
  readonly anchor: Anchor;
  /** The gateway's genesis record where it is the visitor's; null where it is another; undefined while it is fetched. */
  readonly genesis: Genesis | null | undefined;
  readonly verified: number;
  readonly broken: number;
  readonly checking: number;
}

interface Verdict {
  readonly kind: "unanchored" | "broken" | "checking" | "verified";
  readonly title: string;
  readonly text: string;
}

/** The page's one answer: can what it shows be relied on? */
export function trustVerdict(state: TrustState): Verdict {
  const { anchor } = state;
  if (anchor.kind === "missing") return unanchored("Nothing here is verified yet");
  if (anchor.kind === "malformed") return unanchored("The fingerprint in this address is not one");
  if (state.genesis === null) {
    return {
      kind: "broken",
      title: "This gateway is broken or lying",
      text: `It speaks for another network than the one that your fingerprint ${short(anchor.genesis)} names. Do not rely on anything below.`,
    };
  }
  if (state.broken > 0) {
    const alerts = plural(state.broken, "alert does", "alerts do");
    return {
      kind: "broken",
      title: "This gateway is broken or lying",
      text: `${alerts} not verify. The reasons are below.`,
    };
  }
  if (state.checking > 0 || state.genesis === undefined) {
    return { kind: "checking", title: "Verifying …", text: "Your browser checks what this gateway says." };
  }
  return {
    kind: "verified",
    title:
      state.verified === 0
        ? "This is the network that you named"
        : `${plural(state.verified, "alert")} verified`,
    text: `Your browser checked this against your fingerprint ${short(anchor.genesis)} by itself. What nodes do and what was declared is the gateway's word.`,
  };
}

function unanchored(title: string): Verdict {
  return {
    kind: "unanchored",
    title,
    text: "A gateway that vouches for itself proves nothing. Bring the network's fingerprint: 64 hexadecimal digits, from a member or anybody else whom you trust.",
  };
}

export function trustView(verdict: Verdict): HTMLElement[] {
  return [element("p", { class: "trust-title" }, verdict.title), element("p", {}, verdict.text)];
}
