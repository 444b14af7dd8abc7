import type { VerifiedBundle } from "@comity/protocol";
import { element } from "../element.ts";
import { names, plural, scientific, short, size } from "../format.ts";
import type { Broken, BrokenCode, Verdict } from "../verdict.ts";

interface Step {
  /** What fails when this step does. */
  readonly code: BrokenCode;
  readonly title: string;
  /** What was found, once everything holds. */
  readonly found: (bundle: VerifiedBundle, sizeBytes: number) => string;
}

/** In the order in which `verifyBundle` goes: everything before a failure held, nothing after it was looked at. */
const steps: readonly Step[] = [
  {
    code: "BUNDLE_FORM",
    title: "The file is whole and has one form",
    found: (_, sizeBytes) => `${size(sizeBytes)} of canonical JSON.`,
  },
  {
    code: "BUNDLE_GENESIS",
    title: "It belongs to the network that you named",
    found: ({ networkId, genesis }) =>
      `The genesis record of “${genesis.name}” hashes to ${short(networkId)}, your fingerprint.`,
  },
  {
    code: "BUNDLE_EPOCH",
    title: "The members handed over this key",
    found: ({ keyEpoch, groupKey }) =>
      `Key epoch ${keyEpoch}, group key ${short(groupKey)}, vouched for by the members that genesis names.`,
  },
  {
    code: "BUNDLE_SIGNATURE",
    title: "That key signed the statement",
    found: ({ digest, genesis }) =>
      `BLS12-381 signature over ${short(digest)}; it takes ${genesis.threshold} of ${genesis.members.length} members to make one.`,
  },
  {
    code: "BUNDLE_DECISIONS",
    title: "Members put their names to it",
    found: ({ signers, genesis }) =>
      `${names(signers)} decided to sign (${signers.length} of ${genesis.members.length}).`,
  },
  {
    code: "BUNDLE_CHECKPOINT",
    title: "The evidence log is the one that its keeper signed",
    found: ({ statement }) =>
      `${plural(statement.log.size, "entry", "entries")}, root ${short(statement.log.root)}`,
  },
  {
    code: "BUNDLE_EVIDENCE",
    title: "The evidence is in that log, signed by its hosts",
    found: ({ entryCount, hostCount }) =>
      `${plural(entryCount, "segment")} of ${plural(hostCount, "host")}, each with proof and signature.`,
  },
  {
    code: "BUNDLE_FIGURES",
    title: "The figures follow from the evidence",
    found: ({ statement }) => `Added up again here: at least ${scientific(statement.flopAtLeast)} FLOP.`,
  },
  {
    code: "LISTING_DIFFERS",
    title: "This gateway's list says what was signed",
    found: () => "Same statement, key epoch, digest and signature.",
  },
];

type Outcome = "holds" | "fails" | "unseen";
const words: Readonly<Record<Outcome, string>> = { holds: "holds", fails: "fails", unseen: "not reached" };

export function stepsView(verdict: Verdict): HTMLElement {
  const failing = verdict.isVerified ? steps.length : steps.findIndex(({ code }) => code === verdict.code);
  // A failure that is none of the steps' came before all of them.
  const reached = failing === -1 ? -0.5 : failing;
  const items = steps.map((step, position) => {
    const outcome = position < reached ? "holds" : position === reached ? "fails" : "unseen";
    return stepView(step, outcome, detailOf(step, outcome, verdict));
  });
  return element("ol", { class: "steps" }, ...items);
}

function stepView({ title }: Step, outcome: Outcome, detail: string | undefined): HTMLElement {
  return element(
    "li",
    { class: `step ${outcome}` },
    element("span", { class: "step-title" }, title),
    element("span", { class: "step-outcome" }, words[outcome]),
    detail !== undefined && element("span", { class: "step-detail" }, detail),
  );
}

function detailOf(step: Step, outcome: Outcome, verdict: Verdict): string | undefined {
  if (verdict.isVerified) return step.found(verdict.bundle, verdict.sizeBytes);
  return outcome === "fails" ? sentence(verdict) : undefined;
}

export function sentence({ detail }: Broken): string {
  const text = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
