import type { Genesis } from "@comity/protocol";
import type { Coalition } from "../api.ts";
import { element } from "../element.ts";

type NodeState = Coalition["members"][number]["node"]["state"];

const states: Readonly<Record<NodeState, string>> = {
  ready: "Node ready",
  unready: "Node starting",
  unreachable: "Node not answering",
  unregistered: "Node not registered yet",
  unknown: "Node not asked",
};

/** Names come from the genesis record where that is the visitor's; how nodes do is the gateway's word in any case. */
export function membersView(coalition: Coalition | undefined, genesis: Genesis | undefined): HTMLElement[] {
  const members = genesis?.members ?? coalition?.members ?? [];
  const items = members.map(({ index, memberId, name }) => {
    const state = coalition?.members.find((member) => member.index === index)?.node.state ?? "unknown";
    return element(
      "li",
      { class: "member", "data-node": state },
      element("span", { class: "member-id", "aria-hidden": "true" }, memberId),
      element("span", { class: "member-name" }, name),
      element("span", { class: "member-state" }, states[state]),
    );
  });
  return [
    element("ul", { class: "members" }, ...items),
    element("p", { class: "provenance" }, provenance(coalition, genesis)),
  ];
}

function provenance(coalition: Coalition | undefined, genesis: Genesis | undefined): string {
  const from = genesis
    ? "Names are from the genesis record that your fingerprint names."
    : "Names are this gateway's word: nothing here is verified.";
  const { key, ledgerHeight } = coalition ?? { key: null, ledgerHeight: null };
  const keyed = key ? `key epoch ${key.keyEpoch} in force` : "no key in force yet";
  const height = ledgerHeight === null ? "" : `, ledger at block ${ledgerHeight}`;
  return `${from} As the gateway reports: ${keyed}${height}, nodes as shown.`;
}
