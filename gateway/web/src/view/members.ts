import type { Genesis } from "@comity/protocol";
import type { Coalition } from "../api.ts";
import { element } from "../element.ts";

type NodeState = Coalition["members"][number]["node"]["state"];

const states: Readonly<Record<ShownMember["node"], string>> = {
  ready: "Node ready",
  unready: "Node starting",
  unreachable: "Node not answering",
  unregistered: "Node not registered yet",
  unknown: "Node not asked",
  left: "Has left",
};

/** Who joined since has its name from the gateway, and who left is not in what that says of the register. */
export interface ShownMember {
  readonly index: number;
  readonly memberId: string;
  readonly name: string;
  readonly node: NodeState | "left";
  readonly hasJoined: boolean;
}

/** Names come from the genesis record where that is the visitor's; who joined or left since, and how nodes do, is the gateway's word in any case. */
export function shownMembers(
  coalition: Pick<Coalition, "members"> | undefined,
  genesis: Pick<Genesis, "members"> | undefined,
): ShownMember[] {
  const now = coalition?.members;
  const founders = genesis?.members ?? now ?? [];
  const founding = founders.map(({ index, memberId, name }): ShownMember => {
    const found = now?.find((member) => member.index === index);
    const node = found?.node.state ?? (now === undefined ? "unknown" : "left");
    return { index, memberId, name, node, hasJoined: false };
  });
  const joined = (now ?? []).filter(({ index }) => !founders.some((founder) => founder.index === index));
  const since = joined.map(({ index, memberId, name, node }): ShownMember => {
    return { index, memberId, name, node: node.state, hasJoined: true };
  });
  return [...founding, ...since];
}

export function membersView(coalition: Coalition | undefined, genesis: Genesis | undefined): HTMLElement[] {
  const items = shownMembers(coalition, genesis).map(({ memberId, name, node, hasJoined }) =>
    element(
      "li",
      { class: "member", "data-node": node },
      element("span", { class: "member-id", "aria-hidden": "true" }, memberId),
      element("span", { class: "member-name" }, name),
      element("span", { class: "member-state" }, hasJoined ? `Joined since. ${states[node]}` : states[node]),
    ),
  );
  return [
    element("ul", { class: "members" }, ...items),
    element("p", { class: "provenance" }, provenance(coalition, genesis)),
  ];
}

function provenance(coalition: Coalition | undefined, genesis: Genesis | undefined): string {
  const from = genesis
    ? "Names are from the genesis record that your fingerprint names; who joined or left since is this gateway's word."
    : "Names are this gateway's word: nothing here is verified.";
  const { key, ledgerHeight } = coalition ?? { key: null, ledgerHeight: null };
  const keyed = key ? `key epoch ${key.keyEpoch} in force` : "no key in force yet";
  const height = ledgerHeight === null ? "" : `, ledger at block ${ledgerHeight}`;
  return `${from} As the gateway reports: ${keyed}${height}, nodes as shown.`;
}
