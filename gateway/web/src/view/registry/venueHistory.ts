import type { VenueDocument } from "@comity/protocol";
import { element } from "../../element.ts";
import { date, names as enumeration } from "../../format.ts";
import type { Known, Names } from "./entryCard.ts";

type Ballot = NonNullable<VenueDocument["ballot"]>;

interface Step {
  readonly timeMs: number;
  readonly text: string;
  readonly votes?: Ballot["votes"];
}

/** How a case went, from its own document and from the revisions that a proof brings along: the votes that it no longer has itself. */
export function historyView(document: VenueDocument, { verified, names }: Known): HTMLElement {
  const decided = verified?.entry.decided ?? [];
  const ballots = new Map<number, Ballot>();
  for (const { ballot } of [...decided, document]) if (ballot) ballots.set(ballot.openedMs, ballot);
  const votes = [...ballots.values()].flatMap((ballot) => ballotSteps(ballot, names));
  const steps = [...ownSteps(document, names), ...votes];
  steps.sort((a, b) => a.timeMs - b.timeMs);
  const isShort = document.delisting !== null && decided.length === 0;
  return element(
    "div",
    { class: "history" },
    element("ol", {}, ...steps.map((step) => stepView(step, names))),
    isShort && element("p", { class: "quiet" }, "Verify the entry to see the vote that listed it, too."),
  );
}

function ownSteps(document: VenueDocument, names: Names): Step[] {
  const { nominatedBy, nominatedMs, served, response, listing, delisting } = document;
  return [
    { timeMs: nominatedMs, text: `Nominated by ${nameOf(nominatedBy, names)}.` },
    ...(served
      ? [
          {
            timeMs: served.servedMs,
            text: `Notice served. The venue could respond until ${date(served.respondByMs)}.`,
          },
        ]
      : []),
    ...(response ? [{ timeMs: response.respondedMs, text: "The venue responded." }] : []),
    ...(listing ? [{ timeMs: listing.listedMs, text: "Listed: the coalition signed the decision." }] : []),
    ...(delisting
      ? [{ timeMs: delisting.delistedMs, text: "Delisted: the coalition signed the decision." }]
      : []),
  ];
}

function ballotSteps(ballot: Ballot, names: Names): Step[] {
  const { question, reason, openedBy, openedMs, votes, electorate } = ballot;
  const what = question === "delist" ? "delist it" : "list it";
  const opened = { timeMs: openedMs, text: `${nameOf(openedBy, names)} called a vote to ${what}: ${reason}` };
  const [first] = votes;
  if (first === undefined) return [opened];
  const approving = votes.filter(({ decision }) => decision === "approve");
  const who = enumeration(approving.map(({ memberId }) => nameOf(memberId, names)));
  const timeMs = Math.max(...votes.map(({ votedMs }) => votedMs));
  return [opened, { timeMs, text: `${who} approved, ${approving.length} of ${electorate} members.`, votes }];
}

function stepView({ timeMs, text, votes }: Step, names: Names): HTMLElement {
  return element(
    "li",
    {},
    element("span", { class: "history-date" }, date(timeMs)),
    element(
      "div",
      {},
      element("p", {}, text),
      votes !== undefined &&
        element(
          "ul",
          { class: "votes" },
          ...votes.map(({ memberId, decision, reason }) =>
            element(
              "li",
              {},
              `${nameOf(memberId, names)} ${decision === "approve" ? "approved" : "refused"}: ${reason}`,
            ),
          ),
        ),
    ),
  );
}

function nameOf(memberId: string, names: Names): string {
  return names[memberId] ?? memberId.toUpperCase();
}
