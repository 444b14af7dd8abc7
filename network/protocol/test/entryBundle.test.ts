import assert from "node:assert/strict";
import * as blst from "@chainsafe/blst";
import fc from "fast-check";
import {
  blstBls,
  claimedEntryGenesis,
  encodeBundle,
  encodeEntryBundle,
  type EntryBundle,
  EntryBundleError,
  isEntryBundle,
  makeEntryBundle,
  nobleBls,
  type VenueDocument,
  type VerifiedEntry,
  verifyEntryBundle,
} from "../src/index.ts";
import { epochRecord, genesis, makeBundle, networkId, remembering, signedEpoch } from "./fixture.ts";
import {
  absentBundle,
  bond,
  bondRegistry,
  delisted,
  delistedBundle,
  delistingDecided,
  designated,
  groupSigned,
  idAt,
  listed,
  listedBundle,
  ulid,
  venueRegistry,
} from "./registryFixture.ts";

const trust = { genesis: networkId, bls: blstBls(blst) };
const id = ulid("B");

const verify = (bundle: EntryBundle, asked = bundle.id): VerifiedEntry =>
  verifyEntryBundle(encodeEntryBundle(bundle), { ...trust, id: asked });

function refused(attempt: () => unknown, code: string): void {
  assert.throws(attempt, (error) => {
    assert.ok(error instanceof EntryBundleError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

/** The bundle of one case, which the coalition signed into the registry whatever it says. */
const bundleOf = (venue: VenueDocument, ...decided: VenueDocument[]): EntryBundle =>
  makeEntryBundle(venueRegistry([venue]), venue.venueId, decided);

describe("entry bundles", () => {
  const bundle = listedBundle();

  it("show a listed case with what the coalition signed of it, with either BLS library", () => {
    for (const bls of [nobleBls, trust.bls]) {
      const { answer, digest, decided } = verifyEntryBundle(encodeEntryBundle(bundle), {
        genesis: networkId,
        bls,
        id,
      });
      assert.equal(answer.document?.schemaVersion, 1);
      assert.deepEqual(answer, { registry: "venues", document: listed(designated(id)) });
      assert.equal(digest.size, 3);
      assert.deepEqual(decided, [designated(id)]);
    }
  });

  it("show a case while a vote to delist it is open, and when it has been delisted", () => {
    const decided = designated(id);
    const open = listed(decided, {
      rev: 9,
      status: "delisting",
      ballot: delistingDecided(listed(decided)).ballot,
    });

    assert.equal(verify(bundleOf(open, decided)).answer.document?.rev, 9);
    const { answer } = verify(delistedBundle());
    assert.ok(answer.registry === "venues" && answer.document?.status === "delisted");
  });

  it("show every bond of a registry, and that another is not in it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 12 }), fc.nat(60), (positions, position) => {
        const registry = bondRegistry(positions.map(idAt));
        const { answer } = verify(makeEntryBundle(registry, idAt(position), []));
        const document = positions.includes(position) ? bond(idAt(position)) : null;
        assert.deepEqual(answer, { registry: "bonds", document });
      }),
      { numRuns: 20 },
    );
  });

  it("show that an id is not there, for the id that was asked only", () => {
    const absent = absentBundle();

    assert.deepEqual(verify(absent).answer, { registry: "venues", document: null });
    refused(() => verify(absent, ulid("D")), "ENTRY_ID");
    refused(() => verify({ ...absent, id: ulid("D") }), "ENTRY_ABSENCE");
    refused(() => verify({ ...absent, id: ulid("A") }), "ENTRY_ABSENCE");
  });

  it("say by their last bytes what they are, and which genesis they claim", () => {
    assert.ok(isEntryBundle(encodeEntryBundle(bundle)));
    assert.ok(!isEntryBundle(encodeBundle(makeBundle())));
    assert.equal(claimedEntryGenesis(encodeEntryBundle(bundle)), networkId);
  });

  it("are not made of a registry that has changed since its digest", () => {
    const old = venueRegistry([listed(designated(id))]);
    const { tree, document } = venueRegistry([listed(designated(id)), listed(designated(ulid("C")))]);
    refused(() => makeEntryBundle({ ...old, tree, document }, id, [designated(id)]), "ENTRY_STALE");
  });

  it("are refused under another genesis fingerprint, or when the whole network is an attacker's", () => {
    const bytes = encodeEntryBundle(bundle);
    refused(() => verifyEntryBundle(bytes, { ...trust, genesis: "00".repeat(32) }), "ENTRY_GENESIS");
    refused(() => verify({ ...bundle, genesis: { ...genesis, name: "other" } }), "ENTRY_GENESIS");
  });

  it("are refused in another form than canonical, or showing both an entry and neighbours", () => {
    const bytes = Buffer.concat([encodeEntryBundle(bundle), Buffer.from("\n")]);
    refused(() => verifyEntryBundle(bytes, trust), "ENTRY_FORM");
    refused(() => verify({ ...bundle, before: absentBundle().before }), "ENTRY_FORM");
    refused(() => verify({ ...absentBundle(), decided: bundle.decided }), "ENTRY_FORM");
    refused(() => verify({ ...bundle, entry: { ...bundle.entry!, document: {} } }), "ENTRY_FORM");
  });

  it("are refused with too few signatures of an epoch record, or with more records than they need", () => {
    refused(() => verify({ ...bundle, epochs: [signedEpoch(epochRecord, ["alice", "bob"])] }), "ENTRY_EPOCH");
    const { digest } = bundle;
    refused(() => verify({ ...bundle, digest: { ...digest, keyEpoch: 2 } }), "ENTRY_EPOCH");
  });

  it("are refused with a digest that the group did not sign, or signed as something else", () => {
    const { digest } = bundle;
    const { statement } = digest;
    const other = { ...digest, statement: { ...statement, ledger: { ...statement.ledger, height: 78 } } };
    refused(() => verify({ ...bundle, digest: other }), "ENTRY_SIGNATURE");
    const { signature } = groupSigned("alert", statement);
    refused(() => verify({ ...bundle, digest: { ...digest, signature } }), "ENTRY_SIGNATURE");
  });

  it("are refused with an entry that was changed, invented, or put in another's place", () => {
    const entry = bundle.entry!;
    const invented = listed(designated(id, { reasons: "Another reason." }));
    const another = { ...entry, document: listed(designated(ulid("A"))) };
    refused(() => verify({ ...bundle, entry: { ...entry, document: invented } }), "ENTRY_INCLUSION");
    refused(() => verify({ ...bundle, entry: { ...entry, index: 0 } }), "ENTRY_INCLUSION");
    refused(() => verify({ ...bundle, entry: another }), "ENTRY_INCLUSION");
    refused(() => verify({ ...bundle, id: ulid("A"), entry: another }), "ENTRY_INCLUSION");
  });

  it("do not hide an entry that is in the registry", () => {
    const { entry, ...rest } = bundle;
    const { before, after } = absentBundle();
    assert.ok(entry);
    refused(() => verify({ ...rest, entry: null, decided: [], before, after }), "ENTRY_ABSENCE");
    refused(() => verify({ ...rest, entry: null, decided: [] }), "ENTRY_ABSENCE");
  });

  describe("of a case", () => {
    const decided = designated(id);
    const ended = delistingDecided(listed(decided));
    const votes = decided.ballot!.votes;
    const fewer = designated(id, { ballot: { ...decided.ballot!, votes: votes.slice(1) } });
    const cases: Record<string, EntryBundle> = {
      "whose decided document is missing": { ...bundle, decided: [] },
      "with another document than was signed": {
        ...bundle,
        decided: [designated(id, { changedMs: decided.changedMs + 1 })],
      },
      "that fewer than a quorum voted for, though the group signed": bundleOf(listed(fewer), fewer),
      "whose reasons are not those that were voted on": bundleOf(
        listed(decided, { reasons: "Another reason." }),
        decided,
      ),
      "that was signed as another case": bundleOf(
        listed(decided, { listing: listed(designated(ulid("C"))).listing }),
        decided,
      ),
      "that says that it was listed though nobody signed": bundleOf(listed(decided, { listing: null })),
      "that was signed before the vote was over": bundleOf(
        listed(decided, {
          listing: {
            ...listed(decided).listing!,
            signed: { rev: 5, ...groupSigned("designation", { type: "comity/v1/designation" }) },
          },
        }),
        designated(id, { status: "voting", rev: 5 }),
      ),
      "that is delisted without a signature": bundleOf(listed(decided, { status: "delisted" }), decided),
      "that is listed with the signature of its end": bundleOf(
        delisted(ended, { status: "listed" }),
        decided,
        ended,
      ),
      "that was delisted for another reason": bundleOf(
        delisted(ended, { delisting: { ...delisted(ended).delisting!, reason: "Another." } }),
        decided,
        ended,
      ),
      "whose listing is another than the one that was delisted": bundleOf(
        delisted(ended, { listing: { ...ended.listing!, expiresMs: 1 } }),
        decided,
        ended,
      ),
      "with the vote to list it in the place of that to delist": bundleOf(
        delisted(ended, { delisting: { ...delisted(ended).delisting!, signed: ended.listing!.signed } }),
        decided,
        decided,
      ),
    };
    for (const [what, bad] of Object.entries(cases))
      it(`are refused if it is one ${what}`, () => refused(() => verify(bad), "ENTRY_CASE"));
  });

  it("have no decided documents of a bond", () => {
    const registry = bondRegistry([id]);
    refused(() => verify({ ...makeEntryBundle(registry, id, []), decided: bundle.decided }), "ENTRY_CASE");
  });

  for (const [what, whole] of Object.entries({
    "a listed case": bundle,
    "a delisted case": delistedBundle(),
    "an absent id": absentBundle(),
    "a bond": makeEntryBundle(bondRegistry([idAt(1), idAt(2), idAt(3)]), idAt(2), []),
  })) {
    it(`of ${what} are refused with any byte flipped`, function () {
      this.timeout(120_000);
      const bytes = encodeEntryBundle(whole);
      const asked = { ...trust, ...remembering(trust.bls), id: whole.id };
      for (let at = 0; at < bytes.length; at++) {
        const flipped = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 7)));
        assert.throws(() => verifyEntryBundle(flipped, asked), EntryBundleError, `byte ${at}`);
      }
    });
  }

  it("throw no other error on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) =>
        assert.throws(() => verifyEntryBundle(random, trust), EntryBundleError),
      ),
    );
  });
});
