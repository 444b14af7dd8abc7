import type { Listing, Notice } from "../api.ts";
import { element } from "../element.ts";
import { date, names, plural, scientific } from "../format.ts";

const statuses: Readonly<Record<Notice["status"], string>> = {
  filed: "Filed",
  started: "Running",
  completed: "Completed",
  withdrawn: "Withdrawn",
};

/** Newest first. They are read from the ledger by the gateway; nothing signs them for a visitor yet, and the page says so. */
export function noticesView({ items, isCut }: Listing<Notice>): HTMLElement[] {
  if (items.length === 0) return [element("p", { class: "empty" }, "No notice has been filed yet.")];
  const sorted = [...items].sort((a, b) => b.filedMs - a.filedMs);
  return [
    element("ul", { class: "notices" }, ...sorted.map(noticeView)),
    ...(isCut
      ? [
          element(
            "p",
            { class: "provenance" },
            "There are more than this page shows; /v1/notices has them all.",
          ),
        ]
      : []),
  ];
}

function noticeView(notice: Notice): HTMLElement {
  const { model, compute, hardware } = notice;
  const machines = hardware.map((item) => `${item.count.toLocaleString("en-GB")} × ${item.model}`);
  return element(
    "li",
    { class: "notice", "data-status": notice.status },
    element("h3", {}, model.name, element("span", { class: "notice-developer" }, ` ${notice.developer}`)),
    element(
      "p",
      { class: "notice-status" },
      statuses[notice.status],
      notice.late && element("strong", {}, " · late"),
    ),
    element("p", { class: "notice-compute" }, `${scientific(compute.incrementalFlop)} FLOP`),
    element("p", { class: "notice-where" }, `${names(machines)} at ${names(notice.facilities)}`),
    element("p", { class: "notice-when" }, `${date(notice.plannedStartMs)} – ${date(notice.plannedEndMs)}`),
  );
}

export function noticesHeading({ items }: Listing<Notice>): string {
  return plural(items.length, "Model Run Notice");
}
