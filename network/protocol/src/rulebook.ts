import { DomainError } from "./errors.ts";
import type { Genesis } from "./genesis.ts";

/** Who set a figure: the coalition's blueprint, or a proposal of ours that a vote may change like any other. */
export type FigureSource = "blueprint" | "proposal";

export interface Figure {
  readonly unit:
    "FLOP" | "FLOP/s" | "days" | "hours" | "months" | "years" | "USD cents" | "basis points" | "count" | "ms";
  readonly value: string;
  readonly source: FigureSource;
  readonly text: string;
}

const blueprint = (unit: Figure["unit"], value: string, text: string): Figure => ({
  unit,
  value,
  source: "blueprint",
  text,
});
const proposal = (unit: Figure["unit"], value: string, text: string): Figure => ({
  unit,
  value,
  source: "proposal",
  text,
});

/** Every figure that the rules use, with the value it starts with. */
export const figures = {
  reportingThresholdFlop: blueprint(
    "FLOP",
    "1000000000000000000000000",
    "Training above this needs a Model Run Notice.",
  ),
  noticeLeadDays: blueprint("days", "14", "A notice is filed at least this long before the start."),
  penaltyFloorCents: blueprint(
    "USD cents",
    "25000000000",
    "A missing or late notice costs up to this or a share of turnover, whichever is greater.",
  ),
  penaltyTurnoverBasisPoints: blueprint("basis points", "200", "That share of global turnover."),
  passportFlopsPerSecond: blueprint(
    "FLOP/s",
    "10000000000000",
    "Faster accelerators are unlawful without passport telemetry.",
  ),
  rawLogYears: blueprint("years", "5", "Operators keep raw logs for this long."),
  bondMinimumCents: blueprint(
    "USD cents",
    "25000000000",
    "Least performance bond of a run above the threshold.",
  ),
  bondCureDays: proposal(
    "days",
    "14",
    "What opened a trigger can be put right for so long; then it costs part of the bond.",
  ),
  bondFirstForfeitureBasisPoints: proposal(
    "basis points",
    "500",
    "Share of a bond's penal sum that its first forfeiture costs.",
  ),
  bondSecondForfeitureBasisPoints: proposal("basis points", "1000", "What the second one costs."),
  bondLaterForfeitureBasisPoints: proposal("basis points", "2500", "What each later one costs."),
  undeclaredComputeBasisPoints: blueprint(
    "basis points",
    "1000",
    "More undeclared compute than this forfeits part of the bond.",
  ),
  modelCheckpointHours: blueprint(
    "hours",
    "24",
    "The salted hash of a model checkpoint is registered within this time.",
  ),
  bountyAuthorisationCents: blueprint("USD cents", "5000000000", "Bounties authorised."),
  bountyFundCents: blueprint("USD cents", "10000000000", "Seed of the bounty fund."),
  bountyLeastBasisPoints: blueprint("basis points", "1000", "Least share of collected penalties for a tip."),
  bountyMostBasisPoints: blueprint(
    "basis points",
    "3000",
    "Greatest share of collected penalties for a tip.",
  ),
  inventorySiteFlopsPerSecond: blueprint(
    "FLOP/s",
    "100000000000000000",
    "National inventories count every site above this.",
  ),
  efficiencyDoublingMonths: blueprint(
    "months",
    "16",
    "Algorithmic efficiency doubles in this time; the quarterly adjustment uses it.",
  ),
  sunsetMonths: blueprint("months", "30", "The framework lapses unless it is authorised again."),
  telemetryCoverageBasisPoints: blueprint(
    "basis points",
    "9500",
    "Share of accelerators that emit telemetry by month 12.",
  ),
  detectionRecallBasisPoints: blueprint(
    "basis points",
    "9000",
    "Least share of undeclared GPT-4-scale runs that is found.",
  ),
  detectionFalsePositiveBasisPoints: blueprint("basis points", "500", "Greatest share of false alarms."),
  detectionLatencyHours: blueprint("hours", "24", "An undeclared run is found within this time."),
  projectionHorizonDays: proposal("days", "90", "The watchfloor projects the observed rate over this time."),
  minimumObservationDays: proposal("days", "3", "The rule fires on evidence that spans at least this."),
  alertWindowDays: proposal("days", "30", "One alert per subject, kind and window of this length."),
  alertReplacementBasisPoints: proposal(
    "basis points",
    "12500",
    "An alert is replaced only by one with this share of its bound.",
  ),
  openProposals: proposal("count", "8", "A member has at most this many open proposals."),
  proposalLifetimeMs: proposal("ms", "600000", "An unanswered proposal closes after this real time."),
  responseDays: proposal("days", "30", "A venue may respond for this long after its notice was served."),
  listingReviewMonths: proposal("months", "12", "A listing is reviewed after this."),
  listingExpiryMonths: proposal("months", "24", "A listing ends after this unless it is renewed."),
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof figures;

export class RulebookError extends DomainError<"RULEBOOK_FIGURE"> {}

/** The values that a new network starts with, as its genesis record carries them. */
export function defaultRulebook(): Record<FigureName, string> {
  const entries = Object.entries(figures).map(([name, figure]) => [name, figure.value]);
  return Object.fromEntries(entries) as Record<FigureName, string>;
}

/** A figure of a network, in the unit that `figures` gives. @throws RulebookError */
export function figure(genesis: Pick<Genesis, "rulebook">, name: FigureName): bigint {
  const value = genesis.rulebook[name];
  if (value === undefined)
    throw new RulebookError("RULEBOOK_FIGURE", `the rulebook of this network lacks ${name}`);
  return BigInt(value);
}
