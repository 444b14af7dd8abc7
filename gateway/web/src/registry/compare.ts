import { canonicalString } from "@comity/protocol";
import { broken } from "../verdict.ts";
import type { RegistryKind } from "./kind.ts";
import type { RegistryBroken, RegistryDocument } from "./verdict.ts";

/** What a gateway says now, beside what the coalition has signed. */
export interface Comparison<L> {
  /** By id: what contradicts the signed list. Entries never leave a registry, and revisions never go back. */
  readonly contradictions: ReadonlyMap<string, RegistryBroken>;
  /** Newer revisions and new entries, which the coalition may not have had the time to sign. */
  readonly ahead: readonly L[];
}

export function compareLists<D extends RegistryDocument, L>(
  kind: RegistryKind<D, L>,
  signed: readonly D[],
  now: readonly L[],
): Comparison<L> {
  const current = new Map(now.map((listed) => [kind.idOf(listed), listed]));
  const known = new Map(
    signed.map((document) => [kind.idOf(kind.listedOf(document)), kind.listedOf(document)]),
  );
  const contradictions = new Map<string, RegistryBroken>();
  for (const [id, expected] of known) {
    const difference = differenceOf(kind, expected, current.get(id));
    if (difference) contradictions.set(id, difference);
  }
  const ahead = now.filter((listed) => kind.revOf(listed) > revisionOf(kind, known.get(kind.idOf(listed))));
  return { contradictions, ahead };
}

function differenceOf<D extends RegistryDocument, L>(
  kind: RegistryKind<D, L>,
  expected: L,
  listed: L | undefined,
): RegistryBroken | undefined {
  if (listed === undefined) return broken("NOW_MISSING", "the gateway's list of now leaves it out");
  const [signedRev, rev] = [kind.revOf(expected), kind.revOf(listed)];
  if (rev > signedRev || canonicalString(listed) === canonicalString(expected)) return undefined;
  return broken("NOW_DIFFERS", `the gateway's list of now has another revision ${rev} than the one signed`);
}

function revisionOf<D extends RegistryDocument, L>(kind: RegistryKind<D, L>, listed: L | undefined): number {
  return listed === undefined ? 0 : kind.revOf(listed);
}
