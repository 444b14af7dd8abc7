import { element } from "../../element.ts";
import type { EntryCheck } from "../../registry/entryChecks.ts";
import { stepsView } from "../steps.ts";
import { entrySteps } from "./entrySteps.ts";
import type { EntryView } from "./entryCard.ts";
import { brokenText } from "./meanings.ts";

export interface AbsenceOptions {
  readonly view: Pick<EntryView<never>, "registry">;
  readonly proof: { readonly url: string; readonly name: string };
}

/** What a check of an id has shown that is not in the list. */
export function absenceCard(id: string, check: EntryCheck, { view, proof }: AbsenceOptions): HTMLElement {
  const [state, badge, ...body] = contentOf(check, view.registry);
  return element(
    "li",
    { class: "card", "data-state": state, "data-absent": id },
    element("p", { class: "badge" }, badge),
    element("h3", {}, titleOf(id, check)),
    element("div", { class: "card-body" }, ...body),
    element(
      "div",
      { class: "actions" },
      element("a", { href: proof.url, download: proof.name }, "Download the proof"),
    ),
  );
}

function titleOf(id: string, check: EntryCheck): string {
  if (check === "checking" || !check.isVerified) return id;
  return check.entry.answer.document === null
    ? `${id} is not in the list`
    : `${id} has just come into the list`;
}

type Content = readonly [state: string, badge: string, ...body: HTMLElement[]];

function contentOf(check: EntryCheck, registry: "venues" | "bonds"): Content {
  if (check === "checking")
    return ["checking", "Verifying …", element("p", {}, "Your browser asks for proof that it is not there.")];
  if (!check.isVerified) return ["broken", "Broken: do not rely on this", brokenText(check)];
  const { digest, answer } = check.entry;
  const after = `the list that the coalition signed after block ${digest.ledger.height}`;
  const isThere = answer.document !== null;
  const text = isThere ? `It is in ${after}.` : `It is not in ${after}, and that is proved.`;
  const summary = element("summary", {}, "What your browser checked");
  const steps = element(
    "details",
    { class: "checked" },
    summary,
    stepsView(entrySteps(registry, isThere), check),
  );
  return ["verified", "Verified in this browser", element("p", {}, text), steps];
}
