import * as blst from "@chainsafe/blst";
import { blstBls, isListed, type VerifiedEntry, verifyEntryBundle } from "@comity/protocol";
import type { Terminal } from "../terminal.ts";
import { caseLines } from "./caseView.ts";

/** Says what a registry that the coalition signed says of an id. @throws EntryBundleError */
export function verifyEntry(bytes: Uint8Array, genesis: string, id: string | undefined, out: Terminal): void {
  const trust = { genesis, bls: blstBls(blst), ...(id !== undefined && { id }) };
  const verified = verifyEntryBundle(bytes, trust);
  const { answer, digest, groupKey } = verified;
  const { registry, document } = answer;
  const value = {
    valid: true,
    registry,
    id: verified.id,
    found: document !== null,
    document,
    digest,
    groupKey,
  };
  out.result(value, [
    `Valid: the coalition ${genesis.slice(0, 12)}… signed this registry of ${registry}, ${digest.size} entries.`,
    ...answerLines(verified),
    `As of block ${digest.ledger.height}, ${new Date(digest.ledger.timeMs).toISOString()}. Newer ones may exist.`,
  ]);
}

function answerLines({ id, answer, genesis }: VerifiedEntry): string[] {
  if (answer.document === null) return [`${id} is not in the registry.`];
  if (answer.registry === "venues") {
    const inForce = isListed(answer.document) && answer.document.status !== "delisted";
    return [
      inForce ? "This venue is listed." : "This venue was listed and is not any more.",
      ...caseLines(
        answer.document,
        (id) => genesis.members.find(({ memberId }) => memberId === id)?.name ?? id,
      ),
    ];
  }
  const { status, surety, principal, penalMinor, forfeitedMinor } = answer.document;
  return [
    `Bond ${id} of ${principal}, by ${surety}, is ${status}.`,
    `Penal sum ${penalMinor} US cents, of which ${forfeitedMinor} are forfeited.`,
  ];
}
