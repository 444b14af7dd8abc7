import type { VenueDocument } from "@comity/protocol";
import { element } from "../../element.ts";
import { date, names } from "../../format.ts";

type Ballot = NonNullable<VenueDocument["ballot"]>;

interface Step {
  readonly timeMs: number;
  readonly text: string;
  readonly votes?: Ballot["votes"];
}

/** How a case went, from its own document and from the revisions that a proof brings along: the votes that it no longer has itself. */
export function historyView(document: VenueDocument, decided: readonly VenueDocument[]): HTMLElement {
  const ballots = new Map<number, Ballot>();
  for (const { ballot } of [...decided, document]) if (ballot) ballots.set(ballot.openedMs, ballot);
  const steps = [...ownSteps(document), ...[...ballots.values()].flatMap(ballotSteps)];
  steps.sort((a, b) => a.timeMs - b.timeMs);
  const isShort = document.delisting !== null && decided.length === 0;
  return element(
    "div",
    { class: "history" },
    element("ol", {}, ...steps.map(stepView)),
    isShort && element("p", { class: "quiet" }, "Verify the entry to see the vote that listed it, too."),
  );
}

function ownSteps({ nominatedBy, nominatedMs, served, response, listing, delisting }: VenueDocument): Step[] {
  return [
    { timeMs: nominatedMs, text: `Nominated by ${nominatedBy.toUpperCase()}.` },
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

function ballotSteps({ question, reason, openedBy, openedMs, votes, electorate }: Ballot): Step[] {
  const what = question === "delist" ? "delist it" : "list it";
  const opened = { timeMs: openedMs, text: `${openedBy.toUpperCase()} called a vote to ${what}: ${reason}` };
  const [first] = votes;
  if (first === undefined) return [opened];
  const approving = votes.filter(({ decision }) => decision === "approve");
  const who = names(approving.map(({ memberId }) => memberId.toUpperCase()));
  const timeMs = Math.max(...votes.map(({ votedMs }) => votedMs));
  return [opened, { timeMs, text: `${who} approved, ${approving.length} of ${electorate} members.`, votes }];
}

function stepView({ timeMs, text, votes }: Step): HTMLElement {
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
              `${memberId.toUpperCase()} ${decision === "approve" ? "approved" : "refused"}: ${reason}`,
            ),
          ),
        ),
    ),
  );
}
