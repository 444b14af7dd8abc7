import {
  bondEntries,
  caseStatement,
  canonicalString,
  type CaseStatement,
  type DigestStatement,
  type DutyKind,
  dutyKind,
  dutySlot,
  type DutyStatement,
  type RegistryEntry,
  type RegistryLeaves,
  RegistryTree,
  type VenueDocument,
  venueEntries,
} from "@comity/protocol";
import type { RegistryChange } from "../ledger/change.ts";
import type { DutyLedger } from "./ports.ts";

/** Something that the ledger says the coalition has to sign: what it says follows from the ledger and the slot alone. */
export interface Duty {
  readonly kind: DutyKind;
  /** One statement a slot, ever. */
  readonly slot: string;
  readonly statement: DutyStatement;
}

export function dutyOf(statement: DutyStatement): Duty {
  return { kind: dutyKind(statement), slot: dutySlot(statement), statement };
}

/** What the ledger decided about cases and nobody has published yet. */
export function caseDuties(venues: readonly VenueDocument[]): Duty[] {
  return venues
    .map(caseStatement)
    .filter((statement) => statement !== undefined)
    .map(dutyOf);
}

/** What a registry holds, to be told after the block that changed it last. */
export function contentOf(registry: RegistryChange["registry"], ledger: DutyLedger): RegistryEntry[] {
  return registry === "venues" ? venueEntries(ledger.venues()) : bondEntries(ledger.bonds());
}

export function digestDuty(
  { registry, ledger }: RegistryChange,
  entries: readonly RegistryEntry[],
  leaves: RegistryLeaves,
): Duty {
  const { size, root } = new RegistryTree(registry, entries, leaves);
  return dutyOf({ type: "comity/v1/digest", registry, ledger, size, root });
}

/** Whether the ledger shows that nobody has to sign this any more. */
export function isFulfilled({ statement }: Duty, ledger: DutyLedger): boolean {
  return isDigest(statement) ? isDigestFiled(statement, ledger) : !isCaseOpen(statement, ledger);
}

export function isDigest(statement: DutyStatement): statement is DigestStatement {
  return statement.type === "comity/v1/digest";
}

function isDigestFiled({ registry, ledger: { height } }: DigestStatement, ledger: DutyLedger): boolean {
  const filed = ledger.digest(registry);
  return filed !== undefined && filed.statement.ledger.height >= height;
}

/** A case changes no more until its decision is published, which is its next revision. */
function isCaseOpen({ venueId, rev }: CaseStatement, ledger: DutyLedger): boolean {
  return ledger.venues().some((venue) => venue.venueId === venueId && venue.rev === rev);
}

/** The transaction that brings a signed duty to the ledger, and its argument. */
export function filingOf(
  { statement }: Duty,
  signed: { readonly keyEpoch: number; readonly signature: string },
): readonly [transaction: string, request: string] {
  if (isDigest(statement)) return ["digest:File", canonicalString({ statement, ...signed })];
  const { venueId, rev } = statement;
  return ["designation:Publish", canonicalString({ venueId, rev, ...signed })];
}

/** A number that every node gives a duty alike, to share the filing fairly. */
export function turnOf({ statement }: Duty): number {
  return isDigest(statement) ? statement.ledger.height : statement.rev;
}
