import { element } from "../element.ts";
import { short } from "../format.ts";
import type { Broken, BrokenCode } from "../verdict.ts";
import { alertSteps } from "./alertSteps.ts";
import { sentence, stepsView } from "./steps.ts";

/** For people: what it means that a check failed. The verifier's own words follow. */
const meanings: Readonly<Record<BrokenCode, string>> = {
  BUNDLE_HIDDEN:
    "The gateway lists this alert and does not hand out its evidence. Until it does, there is nothing to believe.",
  BUNDLE_FORM: "The evidence file is not what it should be: it was damaged or changed on the way.",
  BUNDLE_GENESIS:
    "The evidence belongs to another network than the one that you named. Somebody may be passing off a coalition of their own.",
  BUNDLE_EPOCH: "The members that you trust never handed over the key that this was signed with.",
  BUNDLE_SIGNATURE:
    "The coalition did not sign this. The statement or its signature was changed, or made up.",
  BUNDLE_DECISIONS: "Too few members put their names to this, or a name is forged.",
  BUNDLE_CHECKPOINT: "The log that the evidence is said to be in is not the one that its keeper signed.",
  BUNDLE_EVIDENCE: "Evidence is missing, was changed, or comes from somebody else than it says.",
  BUNDLE_FIGURES: "The figures do not follow from the evidence.",
  LISTING_DIFFERS: "The evidence is genuine, and the gateway's list says something else.",
  LISTING_WITHDRAWN:
    "The gateway showed this alert before and leaves it out now. Alerts are never deleted from the ledger.",
  CHECK_FAILED: "Your browser could not finish the check, so nothing is shown to be true.",
};

/** What a broken alert says. What the gateway claims of it is left out: it would look like a fact. */
export function brokenView(alertId: string, verdict: Broken): HTMLElement {
  return element(
    "div",
    { class: "broken" },
    element("p", { class: "lead" }, meanings[verdict.code]),
    element("p", { class: "quiet" }, `${sentence(verdict)} (${verdict.code})`),
    element(
      "p",
      { class: "quiet" },
      `What the gateway claims about alert ${short(alertId)} is left out here, since nothing proves it.`,
    ),
    element("details", {}, element("summary", {}, "How far the check came"), stepsView(alertSteps, verdict)),
  );
}
