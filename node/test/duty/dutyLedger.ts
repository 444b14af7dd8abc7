import type { LedgerBlock } from "@comity/ledger";
import {
  type BlsVerifier,
  type BondDocument,
  bondDocument,
  caseKind,
  caseStatement,
  decodeCanonical,
  type DigestDocument,
  type DigestRequest,
  digestRequest,
  type EpochRecord,
  type NetworkId,
  publicationRequest,
  type RegistryName,
  sha256,
  toHex,
  utf8,
  verifiedDigest,
  type VenueDocument,
  venueDocument,
} from "@comity/protocol";
import type { RegistryChange, RegistryPart } from "../../src/ledger/change.ts";
import { RegistryProjection } from "../../src/ledger/registryProjection.ts";
import { registryChanges } from "../../src/ledger/registryChange.ts";
import type { DutyLedger } from "../../src/duty/ports.ts";

export const caseId = (suffix: string): string => "01JD".padEnd(26 - suffix.length, "0") + suffix;

/** A case that the members have just voted to list. */
export function designatedCase(suffix: string, change: Record<string, unknown> = {}): VenueDocument {
  return venueDocument({
    ...{ schemaVersion: 1, rev: 6, venueId: caseId(suffix) },
    venue: { schema: "Company", name: `Venue ${suffix}`, aliases: [], country: "xc" },
    ...{ legalBasis: "Article 7", reasons: "It did.", evidence: ["ab".repeat(32)], nominatedBy: "aa" },
    ...{ nominatedMs: 0, changedMs: 0, status: "designated", response: null, listing: null, delisting: null },
    served: { proofHash: "cd".repeat(32), servedMs: 0, respondByMs: 1 },
    ballot: {
      ...{
        question: "designate",
        reason: "It is time.",
        openedBy: "aa",
        openedRev: 3,
        openedMs: 1,
        electorate: 4,
      },
      votes: ["aa", "bb", "cc"].map((memberId) => {
        return { memberId, decision: "approve", reason: "I have read it.", votedMs: 2 };
      }),
    },
    ...change,
  });
}

export function postedBond(suffix: string, rev = 1): BondDocument {
  return bondDocument({
    ...{ schemaVersion: 1, rev, bondId: caseId(suffix), principal: "acme", memberId: "aa", surety: "firm" },
    ...{
      noticeId: caseId("N"),
      currency: "USD",
      penalMinor: "100",
      encumberedMinor: "0",
      forfeitedMinor: "0",
    },
    ...{ releasedMinor: "0", status: "posted", openTriggers: [], judgedThrough: 0, forfeitures: 0 },
    ...{ postedMs: 0, acceptedMs: null, changedMs: rev },
  });
}

/** The ledger that the members share: it takes what the coalition signed, by the contracts' rules, and makes a block of each change. */
export class TestDutyLedger {
  readonly #networkId: NetworkId;
  readonly #bls: BlsVerifier;
  readonly epoch: EpochRecord;
  readonly blocks: { readonly block: LedgerBlock; readonly changes: readonly RegistryPart[] }[] = [];
  readonly state = new RegistryProjection();
  readonly submissions: string[] = [];
  readonly #views: TestDutyView[] = [];
  /** Set to make submissions fail. */
  isDown = false;

  constructor(networkId: NetworkId, epoch: EpochRecord, bls: BlsVerifier) {
    this.#networkId = networkId;
    this.epoch = epoch;
    this.#bls = bls;
    this.#add("genesis", []);
  }

  get height(): number {
    return this.blocks.length - 1;
  }

  view(): TestDutyView {
    const view = new TestDutyView(this);
    this.#views.push(view);
    return view;
  }

  put(...documents: (VenueDocument | BondDocument)[]): void {
    const changes = documents.map((value): RegistryPart =>
      "bondId" in value ? { kind: "bond", value } : { kind: "venue", value },
    );
    this.#add("venue-decided", changes);
  }

  venue(suffix: string): VenueDocument | undefined {
    return this.state.venues().find(({ venueId }) => venueId === caseId(suffix));
  }

  submitIdempotent(transaction: string, json = ""): Promise<unknown> {
    this.submissions.push(transaction);
    if (this.isDown) return Promise.reject(new Error("the ledger is down"));
    const value = decodeCanonical(utf8(json), 65_536);
    if (transaction === "digest:File") this.#fileDigest(digestRequest(value));
    else this.#publish(publicationRequest(value));
    return Promise.resolve();
  }

  #fileDigest(request: DigestRequest): void {
    const filed = this.state.digest(request.statement.registry);
    if (filed && filed.statement.ledger.height >= request.statement.ledger.height) return;
    this.#assertSigned("digest", request, request.statement);
    const digest: DigestDocument = { schemaVersion: 1, rev: (filed?.rev ?? 0) + 1, ...request };
    this.#add("digest-filed", [{ kind: "digest", value: digest }]);
  }

  #publish({ venueId, ...signed }: ReturnType<typeof publicationRequest>): void {
    const venue = this.state.venues().find((each) => each.venueId === venueId);
    const statement = venue && caseStatement(venue);
    if (venue?.rev !== signed.rev || statement === undefined) return;
    const kind = caseKind(statement);
    this.#assertSigned(kind, signed, statement);
    const changes =
      kind === "designation"
        ? { status: "listed", listing: { listedMs: 3, reviewMs: 4, expiresMs: 5, signed } }
        : { status: "delisted", delisting: { delistedMs: 6, reason: venue.ballot?.reason, signed } };
    const value = venueDocument({ ...venue, ...changes, rev: venue.rev + 1 });
    this.#add("venue-published", [{ kind: "venue", value }]);
  }

  #assertSigned(
    kind: "designation" | "delisting" | "digest",
    signed: { keyEpoch: number; signature: string },
    statement: unknown,
  ): void {
    const trust = { networkId: this.#networkId, bls: this.#bls };
    if (verifiedDigest({ kind, statement, ...signed }, this.epoch, trust) === undefined)
      throw new Error(`${kind}: the group signature does not verify`);
  }

  #add(
    type: "genesis" | "venue-decided" | "venue-published" | "digest-filed",
    read: readonly RegistryPart[],
  ): void {
    const height = this.blocks.length;
    const event = { type, subject: "x", rev: 1, hash: "00".repeat(32) };
    const transaction = {
      id: `t${height}`,
      validationCode: 0,
      timestampMs: 1_000 + height,
      mspId: "M",
      events: [event],
    };
    const hash = toHex(sha256(utf8(`block ${height}`)));
    const block = { number: BigInt(height), hash, previousHash: "", transactions: [transaction] };
    const changes = [...read, ...registryChanges(block, read)];
    this.blocks.push({ block, changes });
    for (const change of changes) this.state.apply(change);
    for (const view of this.#views) view.follow();
  }
}

/** One member's view of it, which may lag. */
export class TestDutyView implements DutyLedger {
  readonly #ledger: TestDutyLedger;
  readonly #projection = new RegistryProjection();
  readonly #listeners: ((block: LedgerBlock) => void)[] = [];
  #next = 0;
  /** Set to let it fall behind. */
  isPaused = false;
  hasKey = true;

  constructor(ledger: TestDutyLedger) {
    this.#ledger = ledger;
    this.follow();
  }

  follow(): void {
    while (!this.isPaused && this.#next < this.#ledger.blocks.length) this.followOne();
  }

  /** Takes one more block, paused or not. */
  followOne(): void {
    const { block, changes } = this.#ledger.blocks[this.#next++]!;
    for (const change of changes) this.#projection.apply(change);
    for (const listener of this.#listeners) listener(block);
  }

  currentEpoch(): EpochRecord | undefined {
    return this.hasKey ? this.#ledger.epoch : undefined;
  }

  venues(): readonly VenueDocument[] {
    return this.#projection.venues();
  }

  bonds(): readonly BondDocument[] {
    return this.#projection.bonds();
  }

  digest(registry: RegistryName): DigestDocument | undefined {
    return this.#projection.digest(registry);
  }

  registryChange(registry: RegistryName): RegistryChange | undefined {
    return this.#projection.registryChange(registry);
  }

  onBlock(listener: (block: LedgerBlock) => void): void {
    this.#listeners.push(listener);
  }
}
