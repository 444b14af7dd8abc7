import {
  type BondDocument,
  bondDocument,
  caseKind,
  caseStatement,
  DAY_MS,
  type DigestDocument,
  type RegistryEntry,
  type RegistryName,
  RegistryTree,
  sha256,
  toHex,
  utf8,
  type VenueDocument,
  venueDocument,
} from "@comity/protocol";
import { genesis, groupSigned } from "./coalition.ts";

/** Bonds, cases and digests as the ledger would keep them. */

const ORIGIN_MS = genesis.clock.originMs;
const at = (day: number): number => ORIGIN_MS + day * DAY_MS;
const digestOfText = (text: string): string => toHex(sha256(utf8(text)));
type Change = Readonly<Record<string, unknown>>;

/** `01JD…00A` for "A". */
export const ulid = (suffix: string): string =>
  `01JD0000000000000000000000`.slice(0, 26 - suffix.length) + suffix;

export function bond(suffix: string, change: Change = {}): BondDocument {
  return bondDocument({
    ...{ schemaVersion: 1, rev: 1, bondId: ulid(suffix), principal: "acme", memberId: "aa" },
    ...{ surety: "firm-surety", noticeId: ulid("N"), currency: "USD", penalMinor: "25000000000" },
    ...{ encumberedMinor: "0", forfeitedMinor: "0", releasedMinor: "0", status: "posted", openTriggers: [] },
    ...{ judgedThrough: 0, forfeitures: 0, postedMs: at(1), acceptedMs: null, changedMs: at(1) },
    ...change,
  });
}

/** A case from its nomination to the day on which the coalition has signed it: a document a revision. */
export function listing(suffix: string, change: Change = {}): readonly VenueDocument[] {
  const venueId = ulid(suffix);
  const nominated = venueDocument({
    ...{ schemaVersion: 1, rev: 1, venueId },
    venue: { schema: "Company", name: `Venue ${suffix}`, aliases: ["Alias; of it"], country: "de" },
    legalBasis: "Article 7",
    reasons: "It trained above the threshold and filed no notice.",
    evidence: [digestOfText("evidence")],
    ...{ nominatedBy: "aa", nominatedMs: at(1), status: "nominated", served: null, response: null },
    ...{ ballot: null, listing: null, delisting: null, changedMs: at(1) },
    ...change,
  });
  const served = { proofHash: digestOfText("proof"), servedMs: at(2), respondByMs: at(32) };
  const question = { question: "designate", reason: "It did not answer.", openedBy: "aa", openedRev: 3 };
  const ballot = { ...question, openedMs: at(33), electorate: 4, votes: votes("aa", "bb", "cc") };
  const designated = venueDocument({
    ...{ ...nominated, rev: 6, status: "designated", served, ballot, changedMs: at(35) },
  });
  return [
    nominated,
    venueDocument({ ...nominated, rev: 2, status: "served", served, changedMs: at(2) }),
    designated,
    venueDocument({
      ...designated,
      rev: 7,
      status: "listed",
      listing: listed(designated),
      changedMs: at(36),
    }),
  ];
}

/** Revisions that end a listing. */
export function delisting(entry: VenueDocument): readonly VenueDocument[] {
  const question = { question: "delist", reason: "It has closed.", openedBy: "bb", openedRev: entry.rev + 1 };
  const ballot = { ...question, openedMs: at(60), electorate: 4, votes: votes("aa", "bb", "dd") };
  const decided = venueDocument({
    ...{ ...entry, rev: entry.rev + 4, status: "delisting-decided", ballot, changedMs: at(61) },
  });
  const end = { delistedMs: at(62), reason: ballot.reason, signed: signedCase(decided) };
  const ended = { ...decided, rev: entry.rev + 5, status: "delisted", delisting: end, changedMs: at(62) };
  return [decided, venueDocument(ended)];
}

function votes(...memberIds: string[]): unknown[] {
  return memberIds.map((memberId) => {
    return { memberId, decision: "approve", reason: "The evidence holds.", votedMs: at(34) };
  });
}

function listed(designated: VenueDocument): unknown {
  return { listedMs: at(36), reviewMs: at(401), expiresMs: at(766), signed: signedCase(designated) };
}

function signedCase(document: VenueDocument): unknown {
  const statement = caseStatement(document);
  return statement && { rev: document.rev, ...groupSigned(caseKind(statement), statement) };
}

export interface DigestAt {
  readonly rev: number;
  readonly height: number;
}

/** A digest over documents, signed as all nodes would. */
export function digest(
  registry: RegistryName,
  documents: readonly (BondDocument | VenueDocument)[],
  { rev, height }: DigestAt,
): DigestDocument {
  const entries = documents.map((document): RegistryEntry => {
    return { id: "bondId" in document ? document.bondId : document.venueId, document };
  });
  const { size, root } = new RegistryTree(registry, entries);
  const ledger = { height, blockHash: digestOfText(`block ${height}`), timeMs: ORIGIN_MS + 1_000 };
  const statement = { type: "comity/v1/digest", registry, ledger, size, root } as const;
  return { schemaVersion: 1, rev, ...groupSigned("digest", statement), statement };
}
