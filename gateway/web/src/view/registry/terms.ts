import { element } from "../../element.ts";

/** Pairs of a term and what stands for it; those without anything are left out. */
export function terms(
  rows: Readonly<Record<string, string | readonly string[] | undefined>>,
  className = "terms",
): HTMLElement {
  const pairs = Object.entries(rows)
    .filter(([, value]) => value !== undefined && value.length > 0)
    .map(([term, value]) => {
      const values = typeof value === "string" ? [value] : (value ?? []);
      return element("div", {}, element("dt", {}, term), ...values.map((each) => element("dd", {}, each)));
    });
  return element("dl", { class: className }, ...pairs);
}

/** Hashes and ids, which are compared digit by digit if at all. */
export function codes(values: readonly string[]): HTMLElement {
  return element(
    "ul",
    { class: "codes" },
    ...values.map((value) => element("li", {}, element("code", {}, value))),
  );
}
