import type { VenueDocument, VerifiedEntry } from "@comity/protocol";
import { moment, names, plural, short, size } from "../../format.ts";
import type { RegistryCode, VerifiedEntryOf } from "../../registry/verdict.ts";
import type { Step } from "../steps.ts";

const common: readonly Step<VerifiedEntryOf, RegistryCode>[] = [
  {
    code: "ENTRY_FORM",
    title: "The proof is whole and has one form",
    found: ({ sizeBytes }) => `${size(sizeBytes)} of canonical JSON.`,
  },
  {
    code: "ENTRY_GENESIS",
    title: "It belongs to the network that you named",
    found: ({ entry: { networkId, genesis } }) =>
      `The genesis record of “${genesis.name}” hashes to ${short(networkId)}, your fingerprint.`,
  },
  { code: "ENTRY_ID", title: "It is about what was asked", found: ({ entry: { id } }) => `${id}.` },
  {
    code: "ENTRY_EPOCH",
    title: "The members handed over this key",
    found: ({ entry: { groupKey } }) =>
      `Group key ${short(groupKey)}, vouched for by the members that genesis names.`,
  },
  {
    code: "ENTRY_SIGNATURE",
    title: "That key signed the list",
    found: ({ entry: { digest, genesis } }) =>
      `${plural(digest.size, "entry", "entries")}, root ${short(digest.root)}, after block ${digest.ledger.height}, ${moment(digest.ledger.timeMs)}. ` +
      `It takes ${genesis.threshold} of ${genesis.members.length} members to sign.`,
  },
];

const included: Step<VerifiedEntryOf, RegistryCode> = {
  code: "ENTRY_INCLUSION",
  title: "The entry stands in that list, as it is shown",
  found: ({ entry: { digest } }) => `Its hash and the path beside it lead to the root ${short(digest.root)}.`,
};

const absent: Step<VerifiedEntryOf, RegistryCode> = {
  code: "ENTRY_ABSENCE",
  title: "There is no such entry in that list",
  found: () =>
    "The entries on both sides of where it would stand are next to each other, or it would be the first or last.",
};

const decided: Step<VerifiedEntryOf, RegistryCode> = {
  code: "ENTRY_CASE",
  title: "The members decided it, and the coalition signed what they decided",
  found: ({ entry }) => entry.decided.map((document) => votesText(document, entry)).join(" "),
};

const same: Step<VerifiedEntryOf, RegistryCode> = {
  code: "LIST_DIFFERS",
  title: "This page shows the same",
  found: () => "The list on this page and the proof agree.",
};

/** In the order in which `verifyEntryBundle` goes. */
export function entrySteps(
  registry: "venues" | "bonds",
  isThere: boolean,
): readonly Step<VerifiedEntryOf, RegistryCode>[] {
  const cases = registry === "venues" && isThere ? [decided] : [];
  return [...common, isThere ? included : absent, ...cases, same];
}

function votesText({ ballot }: VenueDocument, { genesis }: VerifiedEntry): string {
  const approving = ballot?.votes.filter(({ decision }) => decision === "approve") ?? [];
  const question = ballot?.question === "delist" ? "delist" : "list";
  const who = names(
    approving.map(
      ({ memberId }) => genesis.members.find((each) => each.memberId === memberId)?.name ?? memberId,
    ),
  );
  return `To ${question} it: ${who} approved (${approving.length} of ${ballot?.electorate ?? 0}).`;
}
