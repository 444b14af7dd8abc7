import type { LedgerBlock } from "@comity/ledger";
import { isListed, registryNames, type RegistryName } from "@comity/protocol";
import type { Change, RegistryPart } from "./change.ts";

/** What a block's changes did to the registries that the coalition signs: which of them are other now than before it. */
export function registryChanges(block: LedgerBlock, changes: readonly Change[]): RegistryPart[] {
  const effective = block.transactions.filter(({ events }) => events.length > 0);
  const isFounding = effective.some(({ events }) => events.some(({ type }) => type === "genesis"));
  const ledger = {
    height: Number(block.number),
    blockHash: block.hash,
    // Only of transactions that took effect: anybody can have any other one put into a block, with whatever time.
    timeMs: Math.max(0, ...effective.map(({ timestampMs }) => timestampMs)),
  };
  return registryNames
    .filter((registry) => isFounding || changes.some((change) => touches(change, registry)))
    .map((registry) => ({ kind: "registry", value: { registry, ledger } }));
}

/** A case that is listed stays in its registry, so it never leaves it unnoticed. */
function touches(change: Change, registry: RegistryName): boolean {
  if (change.kind === "venue") return registry === "venues" && isListed(change.value);
  return change.kind === "bond" && registry === "bonds";
}
