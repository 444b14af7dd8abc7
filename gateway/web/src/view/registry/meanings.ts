import { element } from "../../element.ts";
import type { RegistryBroken, RegistryCode } from "../../registry/verdict.ts";
import { sentence } from "../steps.ts";

/** For people: what it means that a check failed. The verifier's own words follow. */
const meanings: Readonly<Record<RegistryCode, string>> = {
  ENTRY_FORM: "The proof is not what it should be: it was damaged or changed on the way.",
  ENTRY_GENESIS:
    "The proof belongs to another network than the one that you named. Somebody may be passing off a coalition of their own.",
  ENTRY_ID: "The proof is about something else than what was asked.",
  ENTRY_EPOCH: "The members that you trust never handed over the key that this was signed with.",
  ENTRY_SIGNATURE: "The coalition did not sign this list. It was changed, or made up.",
  ENTRY_INCLUSION: "The entry does not stand so in the list that the coalition signed.",
  ENTRY_ABSENCE: "It is not shown that there is no such entry in the list that the coalition signed.",
  ENTRY_CASE:
    "The members did not decide this case as it is shown, or the coalition never signed what they decided.",
  ENTRY_STALE: "The proof and the list that the coalition signed do not fit together.",
  LIST_DIFFERS:
    "This is not the list that the coalition signed: an entry is hidden, was changed, or was made up. Which one, no check can tell.",
  LIST_ROLLED_BACK: "The gateway went back to an older list than it has shown you before.",
  PROOF_HIDDEN: "The gateway does not hand out the proof. Until it does, there is nothing to believe.",
  NOW_DIFFERS: "The gateway says something else of this entry than what the coalition signed.",
  NOW_MISSING:
    "The gateway leaves this entry out where it lists what holds now. Entries never leave the list.",
  UNSIGNED: "The gateway lists this, and the coalition has not signed it.",
  CHECK_FAILED: "Your browser could not finish the check, so nothing is shown to be true.",
};

export function brokenText(verdict: RegistryBroken): HTMLElement {
  return element(
    "div",
    { class: "broken" },
    element("p", { class: "lead" }, meanings[verdict.code]),
    element("p", { class: "quiet" }, `${sentence(verdict)} (${verdict.code})`),
  );
}
