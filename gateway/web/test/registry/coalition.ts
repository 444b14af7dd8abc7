import { readFileSync } from "node:fs";
import {
  BLS_CIPHERSUITE,
  type BondDocument,
  bondDocument,
  bondEntries,
  encodeCanonical,
  encodeEntryBundle,
  type EpochRecord,
  epochRecordBytes,
  genesisId,
  makeEntryBundle,
  RegistryTree,
  sha256,
  statementDigest,
  toHex,
  utf8,
  validateGenesis,
} from "@comity/protocol";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { ed25519 } from "@noble/curves/ed25519.js";

/** A coalition whose keys the tests have, and a registry of bonds that it signs. */

const file = new URL("../../../../test/data/example.bundle", import.meta.url);
const example = (JSON.parse(readFileSync(file, "utf8")) as { genesis: { members: { index: number }[] } })
  .genesis;
const seedOf = (index: number): Uint8Array => sha256(utf8(`web test member ${index}`));
const scheme = bls12_381.longSignatures;
const secret = bls12_381.fields.Fr.toBytes(bls12_381.fields.Fr.create(0x5eedn));
const groupKey = scheme.getPublicKey(secret).toBytes();

const genesis = validateGenesis({
  ...example,
  members: example.members.map((member) => {
    return { ...member, identityKey: toHex(ed25519.getPublicKey(seedOf(member.index))) };
  }),
});
export const networkId = genesisId(encodeCanonical(genesis));

const record: EpochRecord = {
  type: "comity/v1/epoch-record",
  networkId,
  keyEpoch: 1,
  groupKey: toHex(groupKey),
  threshold: genesis.threshold,
  members: genesis.members.map(({ index, memberId, identityKey }) => {
    return { index, memberId, identityKey, publicShare: toHex(groupKey) };
  }),
  transcriptHash: toHex(sha256(utf8("transcript"))),
  previous: null,
};
const recordBytes = epochRecordBytes(networkId, record);
const signatures = genesis.members.map(({ index }) => {
  return { index, signature: toHex(ed25519.sign(recordBytes, seedOf(index))) };
});

export const ulid = (suffix: string): string =>
  "01JD0000000000000000000000".slice(0, -suffix.length) + suffix;

export function bond(suffix: string, change: Readonly<Record<string, unknown>> = {}): BondDocument {
  return bondDocument({
    ...{ schemaVersion: 1, rev: 1, bondId: ulid(suffix), principal: "acme", memberId: "aa" },
    ...{ surety: "firm-surety", noticeId: ulid("N"), currency: "USD", penalMinor: "25000000000" },
    ...{ encumberedMinor: "0", forfeitedMinor: "0", releasedMinor: "0", status: "posted", openTriggers: [] },
    ...{ judgedThrough: 0, forfeitures: 0, postedMs: 1, acceptedMs: null, changedMs: 1 },
    ...change,
  });
}

/** What the coalition's registry says of an id, after a block. */
export function proofOf(id: string, documents: readonly BondDocument[], height: number): Uint8Array {
  const tree = new RegistryTree("bonds", bondEntries(documents));
  const ledger = { height, blockHash: toHex(sha256(utf8(String(height)))), timeMs: height };
  const { size, root } = tree;
  const statement = { type: "comity/v1/digest", registry: "bonds", ledger, size, root } as const;
  const digest = statementDigest({ networkId, groupKey, kind: "digest", keyEpoch: 1 }, statement);
  const signature = toHex(scheme.sign(scheme.hash(digest, BLS_CIPHERSUITE), secret).toBytes());
  const document = (of: string): unknown => documents.find(({ bondId }) => bondId === of);
  const registry = {
    genesis,
    epochs: [{ record, signatures }],
    digest: { keyEpoch: 1, statement, signature },
  };
  return encodeEntryBundle(makeEntryBundle({ ...registry, tree, document }, id, []));
}
