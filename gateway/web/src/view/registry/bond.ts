import { element, shape } from "../../element.ts";
import { date, money } from "../../format.ts";
import type { Bond } from "../../registry/bond.ts";
import type { EntryView } from "./entryCard.ts";
import { terms } from "./terms.ts";

const statuses: Readonly<Record<Bond["status"], string>> = {
  posted: "Posted; the surety has not accepted it yet, so it secures nothing.",
  active: "Active: the surety has accepted it.",
  exhausted: "Exhausted: nothing is left to forfeit.",
  released: "Released: it secures nothing any more.",
};

export const bondView: EntryView<Bond> = {
  registry: "bonds",
  titleOf: ({ surety, principal }) => `${surety} for ${principal}`,
  bodyOf: (bond) => [
    element("p", { class: "lead" }, statuses[bond.status]),
    sums(bond),
    ...triggers(bond),
    element(
      "details",
      { class: "dates" },
      element("summary", {}, "Ids and dates"),
      terms({
        Bond: bond.id,
        "Secures the run of notice": bond.noticeId,
        Posted: date(bond.postedMs),
        Accepted: bond.acceptedMs === null ? "not yet" : date(bond.acceptedMs),
        "Last changed": `${date(bond.changedMs)}, revision ${bond.rev}`,
      }),
    ),
  ],
  proofName: (id) => `bond-${id}.comity.json`,
};

type Money = Bond["penal"];
const text = ({ amountMinor, currency }: Money): string => money(amountMinor, currency);

function sums(bond: Bond): HTMLElement {
  return element(
    "div",
    { class: "figures" },
    terms(
      {
        "Penal sum": text(bond.penal),
        Available: text(bond.available),
        Encumbered: text(bond.encumbered),
        Forfeited: text(bond.forfeited),
        Released: text(bond.released),
      },
      "sums",
    ),
    bar(bond),
  );
}

/** The same sums drawn on one scale; the list above says them, so readers of text miss nothing. */
function bar({ penal, available, encumbered, forfeited, released }: Bond): SVGElement {
  const parts = Object.entries({ available, encumbered, forfeited, released });
  const permille = (minor: bigint): number => Number((minor * 1000n) / (BigInt(penal.amountMinor) || 1n));
  let before = 0n;
  const rects = parts.map(([name, { amountMinor }]) => {
    const from = permille(before);
    before += BigInt(amountMinor);
    const width = String(permille(before) - from);
    return shape("rect", { class: `bar-${name}`, x: String(from), y: "10", width, height: "14" });
  });
  return shape(
    "svg",
    {
      class: "bar",
      viewBox: "0 0 1000 34",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      focusable: "false",
    },
    shape("rect", { class: "bar-track", x: "0", y: "10", width: "1000", height: "14", rx: "3" }),
    ...rects,
  );
}

function triggers({ openTriggers }: Bond): HTMLElement[] {
  if (openTriggers.length === 0) return [];
  const items = openTriggers.map(({ sequence, openedMs, cureByMs, amount }) =>
    element(
      "li",
      {},
      element("strong", {}, `Model checkpoint ${sequence} is missing`),
      ` since ${date(openedMs)}. ${text(amount)} is encumbered, and forfeited unless this is cured by ${date(cureByMs)}.`,
    ),
  );
  return [element("ul", { class: "triggers", "aria-label": "Open triggers" }, ...items)];
}
