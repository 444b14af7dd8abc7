import { figure, type VerifiedBundle } from "@comity/protocol";
import { element, shape } from "../element.ts";
import { days, scientific } from "../format.ts";

/** Figures of a verified alert, all of them from its bundle. */
export function figuresView({ statement, genesis }: VerifiedBundle): HTMLElement {
  const threshold = figure(genesis, "reportingThresholdFlop").toString();
  const horizon = figure(genesis, "projectionHorizonDays").toString();
  const { observed } = statement;
  return element(
    "div",
    { class: "figures" },
    element(
      "dl",
      {},
      pair("Seen, at least", `${scientific(statement.flopAtLeast)} FLOP`),
      pair(`With ${horizon} days more at this rate`, `${scientific(statement.projectedFlop)} FLOP`),
      pair("A notice is due above", `${scientific(threshold)} FLOP`),
      pair("Observed for", days(observed.endMs - observed.startMs)),
    ),
    bar(statement.flopAtLeast, statement.projectedFlop, threshold),
  );
}

function pair(term: string, value: string): HTMLElement {
  return element("div", {}, element("dt", {}, term), element("dd", {}, value));
}

/** The same figures drawn on one scale; the list above says them, so readers of text miss nothing. */
function bar(seen: string, projected: string, threshold: string): SVGElement {
  const most = BigInt(projected) > BigInt(threshold) ? BigInt(projected) : BigInt(threshold);
  const permille = (value: string): number => Number((BigInt(value) * 960n) / most);
  const mark = String(permille(threshold));
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
    shape("rect", {
      class: "bar-projected",
      x: "0",
      y: "10",
      width: String(permille(projected)),
      height: "14",
      rx: "3",
    }),
    shape("rect", {
      class: "bar-seen",
      x: "0",
      y: "10",
      width: String(Math.max(3, permille(seen))),
      height: "14",
      rx: "3",
    }),
    shape("rect", { class: "bar-threshold", x: mark, y: "2", width: "3", height: "30" }),
  );
}
