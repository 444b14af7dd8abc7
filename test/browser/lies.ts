import { bls12_381 } from "@noble/curves/bls12-381.js";
import { encodeBundle, fromHex, toHex } from "@comity/protocol";
import { groupKey } from "../fixture/keys.ts";
import { type Fixture, fixture } from "../fixture/bundle.ts";
import type { Answer, Lie } from "./site.ts";

/** A coalition with two alerts, and an attacker's own coalition with one. */
export const network = fixture();
export const second = fixture({ siteId: "eastmarsh-2", days: 6 });
export const attacker = fixture({ label: "attacker" });
/** What a visitor of `network` has in the page's address. */
export const fragment = `#genesis=${network.networkId}`;

export const bundlePath = ({ alert }: Fixture): string => `/v1/alerts/${alert.alertId}/bundle`;
export const withText = (answer: Answer, change: (text: string) => string): Answer => ({
  ...answer,
  body: Buffer.from(change(Buffer.from(answer.body).toString())),
});
/** Changes the answers to one path. */
export const onPath =
  (path: string, change: (honest: Answer) => Answer): Lie =>
  (asked, honest) =>
    asked.split("?")[0] === path ? change(honest) : honest;
export const inBundle = (from: RegExp, to: string): Lie =>
  onPath(bundlePath(network), (honest) => withText(honest, (text) => text.replace(from, to)));
export const inList = (from: string | RegExp, to: string): Lie =>
  onPath("/v1/alerts", (honest) => withText(honest, (text) => text.replace(from, to)));

/** Changes the items of a page. */
export function inPage<T>(text: string, change: (items: readonly T[]) => readonly T[]): string {
  const page = JSON.parse(text) as { items: T[] };
  return JSON.stringify({ ...page, items: change(page.items) });
}

/** The list as it was before the second alert. */
export function onlyFirst(list: string): string {
  return inPage(list, (items) => items.slice(0, 1));
}

/** What two real shares combine to where three are needed, over the alert's own digest: 2 · partial₁ − partial₂. */
function twoShareSignature({ alert }: Fixture): string {
  const key = groupKey("coalition", 3);
  const [one, two] = [1, 2].map((index) =>
    bls12_381.G2.Point.fromBytes(key.signPartial(index, fromHex(alert.digest, 32))),
  );
  return one && two ? toHex(one.double().subtract(two).toBytes(true)) : "";
}

/** An alert that two members planted in the ledger, and whose bundle has all that they can sign. */
const planted: Lie = (asked, honest) => {
  const signature = twoShareSignature(network);
  const decisions = network.bundle.decisions.slice(0, 2);
  const body = encodeBundle({ ...network.bundle, signature, decisions });
  const inPlantedList = inList(network.alert.signature, signature);
  return asked.split("?")[0] === bundlePath(network) ? { ...honest, body } : inPlantedList(asked, honest);
};

export interface LieCase {
  readonly title: string;
  readonly lie: Lie;
  readonly code: string;
}

export const lies: readonly LieCase[] = [
  {
    title: "changes the statement",
    lie: inBundle(/"flopAtLeast":"5/, '"flopAtLeast":"4'),
    code: "BUNDLE_SIGNATURE",
  },
  {
    title: "changes the group signature",
    lie: inBundle(/"signature":"[0-9a-f]{192}"/, `"signature":"${second.alert.signature}"`),
    code: "BUNDLE_SIGNATURE",
  },
  {
    title: "passes on an alert that two members' shares signed and planted in the ledger",
    lie: planted,
    code: "BUNDLE_SIGNATURE",
  },
  {
    title: "swaps in a bundle that an attacker's own coalition signed",
    lie: onPath(bundlePath(network), (honest) => ({ ...honest, body: attacker.bundleBytes })),
    code: "BUNDLE_GENESIS",
  },
  {
    title: "swaps in the genuine bundle of another alert",
    lie: onPath(bundlePath(network), (honest) => ({ ...honest, body: second.bundleBytes })),
    code: "LISTING_DIFFERS",
  },
  {
    title: "leaves evidence out",
    lie: inBundle(/"entries":\[\{.*?\},/, '"entries":['),
    code: "BUNDLE_FIGURES",
  },
  {
    title: "forges a member's decision",
    lie: inBundle(/"logPosition":1/, '"logPosition":7'),
    code: "BUNDLE_DECISIONS",
  },
  {
    title: "leaves a member's vote for the key out",
    lie: inBundle(/"signatures":\[.*?\]/, '"signatures":[]'),
    code: "BUNDLE_EPOCH",
  },
  { title: "sends other bytes than canonical ones", lie: inBundle(/^\{/, "{ "), code: "BUNDLE_FORM" },
  {
    title: "lists another statement than was signed",
    lie: inList('"siteId":"northfield-1"', '"siteId":"elsewhere-9"'),
    code: "LISTING_DIFFERS",
  },
  {
    title: "lists another signature",
    lie: inList(network.alert.signature, second.alert.signature),
    code: "LISTING_DIFFERS",
  },
  {
    title: "has no verifier for the page",
    lie: onPath("/verifier.js", (honest) => ({ ...honest, status: 404 })),
    code: "CHECK_FAILED",
  },
];
