import { attacker, inPage, onPath, withText } from "./lies.ts";
import { ids, registries, venues } from "./registries.ts";
import type { Answer, Lie } from "./site.ts";

/** Ways in which a gateway can lie about a registry, and the code with which the page answers. */
export interface RegistryLie {
  readonly title: string;
  readonly page: "venues" | "bonds";
  readonly lie: Lie;
  readonly code: string;
}

type Items = readonly Readonly<Record<string, unknown>>[];

const entries = (page: "venues" | "bonds"): string => `/v1/digests/${page}/entries`;
const items = (path: string, change: (all: Items) => Items): Lie =>
  onPath(path, (honest) => withText(honest, (text) => inPage(text, change)));
const idOf = (item: Items[number]): unknown => item["venueId"] ?? item["bondId"] ?? item["id"];
const without = (id: string) => (all: Items) => all.filter((item) => idOf(item) !== id);
const all =
  (...lies: readonly Lie[]): Lie =>
  (path, honest) => {
    return lies.reduce<Answer>((answer, lie) => lie(path, answer), honest);
  };
const rename = (all: Items): Items =>
  all.map((item) =>
    idOf(item) === ids.quarry
      ? { ...item, venue: { ...(item["venue"] as object), name: "Another Company Ltd" } }
      : item,
  );
const invent = (all: Items): Items => {
  const [first] = all;
  return first === undefined ? all : [...all, { ...first, venueId: `${ids.bureau.slice(0, -1)}Z` }];
};
const richer = (all: Items): Items =>
  all.map((item) => (idOf(item) === ids.active ? { ...item, forfeitedMinor: "0" } : item));
const richerNow = (all: Items): Items =>
  all.map((item) =>
    idOf(item) === ids.active ? { ...item, forfeited: { amountMinor: "0", currency: "USD" } } : item,
  );
const inventBond = (all: Items): Items => {
  const [first] = all;
  return first === undefined ? all : [...all, { ...first, bondId: `${ids.active.slice(0, -1)}Z` }];
};
/** Answers with what the attacker's own coalition would have signed. */
const forged = (page: "venues" | "bonds"): Lie =>
  onPath(`/v1/${page}/${"0".repeat(26)}/bundle`, (honest) =>
    withText(honest, (text) => {
      const genesis = Buffer.from(attacker.genesisBytes).toString();
      return text.replace(/"genesis":\{.*?\},"id"/, `"genesis":${genesis},"id"`);
    }),
  );
/** A digest that fits what is left after an entry was taken out, without anybody's signature. */
const ownDigest: Lie = (path, honest) => {
  const rest = venues.filter(({ venueId }) => venueId !== ids.quarry);
  const { statement } = registries.digest("venues", rest, { rev: 1, height: 1 });
  const replace = (text: string): string =>
    text
      .replace(/"root":"[0-9a-f]{64}"/, `"root":"${statement.root}"`)
      .replace(/"size":\d+/, `"size":${statement.size}`);
  const isDigest = path === "/v1/digests/venues" || path === `/v1/venues/${"0".repeat(26)}/bundle`;
  return isDigest ? withText(honest, replace) : honest;
};

export const registryLies: readonly RegistryLie[] = [
  {
    title: "hides a venue",
    page: "venues",
    lie: all(items(entries("venues"), without(ids.quarry)), items("/v1/venues", without(ids.quarry))),
    code: "LIST_DIFFERS",
  },
  {
    title: "hides a venue and makes up a digest that fits",
    page: "venues",
    lie: all(items(entries("venues"), without(ids.quarry)), ownDigest),
    code: "ENTRY_SIGNATURE",
  },
  { title: "changes a venue", page: "venues", lie: items(entries("venues"), rename), code: "LIST_DIFFERS" },
  { title: "invents a venue", page: "venues", lie: items(entries("venues"), invent), code: "LIST_DIFFERS" },
  {
    title: "hides a venue only where it lists what holds now",
    page: "venues",
    lie: items("/v1/venues", without(ids.quarry)),
    code: "NOW_MISSING",
  },
  {
    title: "changes a venue only where it lists what holds now",
    page: "venues",
    lie: items("/v1/venues", rename),
    code: "NOW_DIFFERS",
  },
  {
    title: "hides a bond",
    page: "bonds",
    lie: all(items(entries("bonds"), without(ids.active)), items("/v1/bonds", without(ids.active))),
    code: "LIST_DIFFERS",
  },
  { title: "changes a bond", page: "bonds", lie: items(entries("bonds"), richer), code: "LIST_DIFFERS" },
  { title: "invents a bond", page: "bonds", lie: items(entries("bonds"), inventBond), code: "LIST_DIFFERS" },
  {
    title: "makes a bond richer only where it lists what holds now",
    page: "bonds",
    lie: items("/v1/bonds", richerNow),
    code: "NOW_DIFFERS",
  },
  {
    title: "passes off another coalition's list",
    page: "bonds",
    lie: forged("bonds"),
    code: "ENTRY_GENESIS",
  },
  {
    title: "says that the proof is one of another registry",
    page: "bonds",
    lie: onPath(`/v1/bonds/${"0".repeat(26)}/bundle`, (honest) =>
      withText(honest, (text) => text.replace('"registry":"bonds"', '"registry":"venues"')),
    ),
    code: "ENTRY_SIGNATURE",
  },
  {
    title: "has no verifier for the page",
    page: "venues",
    lie: onPath("/verifier.js", (honest) => ({ ...honest, status: 404 })),
    code: "CHECK_FAILED",
  },
];
