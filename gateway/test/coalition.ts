import { createPrivateKey, sign } from "node:crypto";
import {
  BLS_CIPHERSUITE,
  concat,
  encodeCanonical,
  type EpochRecord,
  epochRecordBytes,
  fromHex,
  genesisId,
  type SignedEpochRecord,
  sha256,
  statementDigest,
  type StatementKind,
  toHex,
  utf8,
  validateGenesis,
} from "@comity/protocol";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { exampleGenesis } from "./example.ts";

/** A coalition whose keys the tests have, so that it can sign whatever they put on its ledger. */

const PKCS8_PREFIX = fromHex("302e020100300506032b657004220420");
const seedOf = (index: number): Uint8Array => sha256(utf8(`gateway test member ${index}`));
const scheme = bls12_381.longSignatures;
const groupSecret = bls12_381.fields.Fr.toBytes(bls12_381.fields.Fr.create(0x5eed5eedn));
const groupKey = scheme.getPublicKey(groupSecret).toBytes();

export const genesis = validateGenesis({
  ...exampleGenesis,
  members: exampleGenesis.members.map((member) => {
    return { ...member, identityKey: toHex(ed25519.getPublicKey(seedOf(member.index))) };
  }),
});
export const genesisBytes = encodeCanonical(genesis);
export const networkId = genesisId(genesisBytes);

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

export const epochs: readonly SignedEpochRecord[] = [
  {
    record,
    signatures: genesis.members.map(({ index }) => ({
      index,
      signature: identitySignature(index, recordBytes),
    })),
  },
];

function identitySignature(index: number, message: Uint8Array): string {
  const der = Buffer.from(concat(PKCS8_PREFIX, seedOf(index)));
  return toHex(sign(null, message, createPrivateKey({ key: der, format: "der", type: "pkcs8" })));
}

/** What the coalition makes of a statement that its nodes agree on. */
export function groupSigned(
  kind: StatementKind,
  statement: unknown,
): { readonly keyEpoch: number; readonly signature: string } {
  const digest = statementDigest({ networkId, groupKey, kind, keyEpoch: 1 }, statement);
  const signature = scheme.sign(scheme.hash(digest, BLS_CIPHERSUITE), groupSecret).toBytes();
  return { keyEpoch: 1, signature: toHex(signature) };
}

export const register = {
  networkId,
  mode: genesis.mode,
  clock: genesis.clock,
  rev: 0,
  members: genesis.members.map((member) => ({ ...member })),
  former: [],
};
