import { element } from "../element.ts";
import type { Broken } from "../verdict.ts";

/** One thing that a check looks at; `V` is what a check that holds has found. */
export interface Step<V, C extends string> {
  /** What fails when this step does. */
  readonly code: C;
  readonly title: string;
  /** What was found, once everything holds. */
  readonly found: (verified: V) => string;
}

type Outcome = "holds" | "fails" | "unseen";
const words: Readonly<Record<Outcome, string>> = { holds: "holds", fails: "fails", unseen: "not reached" };

/** Steps in the order in which a check goes: everything before a failure held, nothing after it was looked at. */
export function stepsView<V extends { readonly isVerified: true }, C extends string>(
  steps: readonly Step<V, C>[],
  verdict: V | Broken<C>,
): HTMLElement {
  const failing = verdict.isVerified ? steps.length : steps.findIndex(({ code }) => code === verdict.code);
  // A failure that is none of the steps' came before all of them.
  const reached = failing === -1 ? -0.5 : failing;
  const items = steps.map((step, position) => {
    const outcome = position < reached ? "holds" : position === reached ? "fails" : "unseen";
    return stepView(step.title, outcome, detailOf(step, outcome, verdict));
  });
  return element("ol", { class: "steps" }, ...items);
}

function stepView(title: string, outcome: Outcome, detail: string | undefined): HTMLElement {
  return element(
    "li",
    { class: `step ${outcome}` },
    element("span", { class: "step-title" }, title),
    element("span", { class: "step-outcome" }, words[outcome]),
    detail !== undefined && element("span", { class: "step-detail" }, detail),
  );
}

function detailOf<V extends { readonly isVerified: true }, C extends string>(
  step: Step<V, C>,
  outcome: Outcome,
  verdict: V | Broken<C>,
): string | undefined {
  if (verdict.isVerified) return step.found(verdict);
  return outcome === "fails" ? sentence(verdict) : undefined;
}

export function sentence({ detail }: { readonly detail: string }): string {
  const text = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
