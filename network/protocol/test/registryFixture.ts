import {
  type Ballot,
  type BondDocument,
  bondDocument,
  bondEntries,
  caseKind,
  caseStatement,
  DAY_MS,
  type DigestRequest,
  type DigestStatement,
  type EntryBundle,
  makeEntryBundle,
  type RegistryEntry,
  type RegistryName,
  RegistryTree,
  sha256,
  type SignedRegistry,
  statementDigest,
  type StatementKind,
  toHex,
  utf8,
  type VenueDocument,
  venueDocument,
  venueEntries,
} from "../src/index.ts";
import { epochRecord, genesis, groupKey, groupSign, networkId, ORIGIN_MS, signedEpoch } from "./fixture.ts";

/** Cases and bonds of the test network, with the group's signatures over what was decided and over the registries. */

export const ulid = (suffix: string): string => "01JD".padEnd(26 - suffix.length, "0") + suffix;

/** `01JD…A0` for 0: the ids that are in a registry of some size. */
export const idAt = (position: number): string => ulid(`A${String(position).padStart(3, "0")}`);

const votesOf = (...decisions: Ballot["votes"][number]["decision"][]): unknown[] =>
  decisions.map((decision, i) => ({
    memberId: genesis.members[i]?.memberId,
    decision,
    reason: `reason ${i + 1}`,
    votedMs: ORIGIN_MS + 40 * DAY_MS,
  }));

const ballot = (question: Ballot["question"], openedRev: number, votes: unknown[]): unknown => ({
  question,
  reason: question === "delist" ? "It trains no more." : "It did not answer.",
  openedBy: "xa",
  openedRev,
  openedMs: ORIGIN_MS + 39 * DAY_MS,
  electorate: 4,
  votes,
});

/** The case when three of four had voted to list it. */
export function designated(venueId: string, change: Record<string, unknown> = {}): VenueDocument {
  return venueDocument({
    ...{ schemaVersion: 1, rev: 6, venueId },
    venue: { schema: "Company", name: `Venue ${venueId}`, aliases: ["V"], country: "xc" },
    legalBasis: "Article 7 of the framework",
    reasons: "It trained above the threshold and filed no notice.",
    evidence: [toHex(sha256(utf8("evidence")))],
    nominatedBy: "xa",
    nominatedMs: ORIGIN_MS,
    status: "designated",
    served: {
      proofHash: toHex(sha256(utf8("proof of service"))),
      servedMs: ORIGIN_MS + DAY_MS,
      respondByMs: ORIGIN_MS + 31 * DAY_MS,
    },
    response: null,
    ballot: ballot("designate", 3, votesOf("approve", "approve", "approve")),
    listing: null,
    delisting: null,
    changedMs: ORIGIN_MS + 41 * DAY_MS,
    ...change,
  });
}

export function groupSigned(
  kind: StatementKind,
  statement: unknown,
): { keyEpoch: number; signature: string } {
  const digest = statementDigest({ networkId, groupKey, kind, keyEpoch: 1 }, statement);
  return { keyEpoch: 1, signature: toHex(groupSign(digest)) };
}

function signedCase(document: VenueDocument): { rev: number; keyEpoch: number; signature: string } {
  const statement = caseStatement(document)!;
  return { rev: document.rev, ...groupSigned(caseKind(statement), statement) };
}

/** The case once the coalition's signature was published. */
export function listed(decided: VenueDocument, change: Record<string, unknown> = {}): VenueDocument {
  const listedMs = ORIGIN_MS + 42 * DAY_MS;
  const dates = { listedMs, reviewMs: listedMs + 365 * DAY_MS, expiresMs: listedMs + 730 * DAY_MS };
  const listing = { ...dates, signed: signedCase(decided) };
  return venueDocument({
    ...{ ...decided, rev: decided.rev + 1, status: "listed", listing },
    ...change,
  });
}

/** The listed case when three of four had voted to delist it. */
export function delistingDecided(entry: VenueDocument, change: Record<string, unknown> = {}): VenueDocument {
  const votes = votesOf("approve", "approve", "approve");
  return venueDocument({
    ...{ ...entry, rev: entry.rev + 4, status: "delisting-decided" },
    ballot: ballot("delist", entry.rev + 1, votes),
    ...change,
  });
}

export function delisted(decided: VenueDocument, change: Record<string, unknown> = {}): VenueDocument {
  const delisting = {
    delistedMs: ORIGIN_MS + 400 * DAY_MS,
    reason: decided.ballot?.reason,
    signed: signedCase(decided),
  };
  return venueDocument({
    ...{ ...decided, rev: decided.rev + 1, status: "delisted", delisting },
    ...change,
  });
}

export function bond(bondId: string): BondDocument {
  return bondDocument({
    ...{ schemaVersion: 1, rev: 2, bondId, principal: "acme", memberId: "xa", surety: "firm-surety" },
    ...{ noticeId: ulid("N"), currency: "USD", penalMinor: "25000000000", encumberedMinor: "0" },
    ...{ forfeitedMinor: "0", releasedMinor: "0", status: "active", openTriggers: [], judgedThrough: 0 },
    ...{ forfeitures: 0, postedMs: ORIGIN_MS, acceptedMs: ORIGIN_MS + 1, changedMs: ORIGIN_MS + 1 },
  });
}

export function digestOf(registry: RegistryName, tree: RegistryTree): DigestRequest {
  const statement: DigestStatement = {
    type: "comity/v1/digest",
    registry,
    ledger: { height: 77, blockHash: toHex(sha256(utf8("block 77"))), timeMs: ORIGIN_MS + 42_000 },
    size: tree.size,
    root: tree.root,
  };
  return { ...groupSigned("digest", statement), statement };
}

function signedRegistry(registry: RegistryName, entries: readonly RegistryEntry[]): SignedRegistry {
  const tree = new RegistryTree(registry, entries);
  const documents = new Map(entries.map(({ id, document }) => [id, document]));
  const epochs = [signedEpoch(epochRecord, ["alice", "bob", "carol"])];
  const document = (id: string): unknown => documents.get(id);
  return { genesis, epochs, digest: digestOf(registry, tree), tree, document };
}

export const bondRegistry = (ids: readonly string[]): SignedRegistry =>
  signedRegistry("bonds", bondEntries(ids.map(bond)));

export const venueRegistry = (venues: readonly VenueDocument[]): SignedRegistry =>
  signedRegistry("venues", venueEntries(venues));

/** A listed case between two others, and what the bundle of it has. */
export function listedBundle(): EntryBundle {
  const decided = designated(ulid("B"));
  const others = ["A", "C"].map((suffix) => listed(designated(ulid(suffix))));
  return makeEntryBundle(venueRegistry([listed(decided), ...others]), ulid("B"), [decided]);
}

export function delistedBundle(): EntryBundle {
  const decided = designated(ulid("B"));
  const ended = delistingDecided(listed(decided));
  return makeEntryBundle(venueRegistry([delisted(ended)]), ulid("B"), [decided, ended]);
}

/** An id between two listed cases. */
export function absentBundle(): EntryBundle {
  const others = ["A", "C"].map((suffix) => listed(designated(ulid(suffix))));
  return makeEntryBundle(venueRegistry(others), ulid("B"), []);
}
