import { ed25519 } from "@noble/curves/ed25519.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import {
  addContribution,
  alertStatement,
  alertWindow,
  type BlsVerifier,
  type Bundle,
  channelName,
  checkpointText,
  contributionOf,
  DAY_MS,
  type Decision,
  type Ed25519Verify,
  decisionBytes,
  decodeEntry,
  decodeGenesis,
  defaultRulebook,
  encodeCanonical,
  encodeEntry,
  encodeRecord,
  encodeUnsignedSegment,
  epochRecordBytes,
  type EpochRecord,
  FIRST_HEAD,
  formatNote,
  fromHex,
  type Genesis,
  genesisId,
  hostIdOf,
  inclusionProof,
  leafHash,
  logOrigin,
  nextHead,
  nonceEpochOf,
  originHash,
  parseMemberId,
  parseOperatorId,
  parseSerial,
  parseSiteId,
  partialHashOf,
  recordRoot,
  sha256,
  statementDigest,
  type Tally,
  toHex,
  treeHash,
  concat,
  utf8,
  verifyEd25519,
} from "../src/index.ts";

/** A whole network of four members in a few values: deterministic keys, real signatures. Made for tests; the keys are public. */

export const ORIGIN_MS = 1_767_225_600_000;
const bls = bls12_381.longSignatures;
const DST = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

export const secret = (name: string): Uint8Array => sha256(utf8(`comity test key ${name}`));
export const publicKey = (name: string): Uint8Array => ed25519.getPublicKey(secret(name));
export const sign = (name: string, message: Uint8Array): Uint8Array => ed25519.sign(message, secret(name));

/** The rulebook of the frozen vectors: figures that came after them are not in it. */
const laterFigures: readonly string[] = [
  "bondCureDays",
  "bondFirstForfeitureBasisPoints",
  "bondSecondForfeitureBasisPoints",
  "bondLaterForfeitureBasisPoints",
  "responseDays",
  "listingReviewMonths",
  "listingExpiryMonths",
];
const firstRulebook = Object.fromEntries(
  Object.entries(defaultRulebook()).filter(([name]) => !laterFigures.includes(name)),
);

const memberNames = ["alice", "bob", "carol", "dave"] as const;
const memberCodes = ["xa", "xb", "xc", "xd"] as const;

export const genesisBytes = encodeCanonical({
  type: "comity/v1/genesis",
  name: "test",
  mode: "evaluation",
  clock: { originMs: ORIGIN_MS, scale: 86_400, scaledMs: 180_000, bucketMs: 300_000 },
  threshold: 3,
  members: memberNames.map((name, i) => ({
    index: i + 1,
    memberId: memberCodes[i],
    name,
    mspId: `${name}MSP`,
    identityKey: toHex(publicKey(name)),
  })),
  rulebook: { ...firstRulebook, reportingThresholdFlop: (10n ** 21n).toString() },
});
export const genesis: Genesis = decodeGenesis(genesisBytes);
export const networkId = genesisId(genesisBytes);

export const subject = { operatorId: parseOperatorId("acme"), siteId: parseSiteId("acme-north") };
export const origin = logOrigin({ networkId, memberId: parseMemberId("xa"), ...subject });
export const topic = channelName(networkId, "proposal");

const groupSecretBytes = fromHex(
  bls12_381.fields.Fr.create(BigInt(`0x${toHex(secret("group"))}`))
    .toString(16)
    .padStart(64, "0"),
  32,
);
export const groupKey = bls.getPublicKey(groupSecretBytes).toBytes(true);
export const groupSign = (digest: Uint8Array): Uint8Array =>
  bls.sign(bls.hash(digest, DST), groupSecretBytes).toBytes(true);

export const epochRecord: EpochRecord = {
  type: "comity/v1/epoch-record",
  networkId,
  keyEpoch: 1,
  groupKey: toHex(groupKey),
  threshold: 3,
  members: genesis.members.map(({ index, memberId, identityKey }) => ({
    index,
    memberId,
    identityKey,
    publicShare: toHex(groupKey),
  })),
  transcriptHash: toHex(sha256(utf8("transcript"))),
  previous: null,
};

export function signedEpoch(record: EpochRecord, signers: readonly string[]): Bundle["epochs"][number] {
  const bytes = epochRecordBytes(networkId, record);
  const signatures = signers.map((name) => ({
    index: memberNames.indexOf(name as never) + 1,
    signature: toHex(sign(name, bytes)),
  }));
  return { record, signatures };
}

/** A day of one host with one accelerator, with a record every 4 hours. */
export function segmentOf(
  host: string,
  day: number,
  flopsPerRecord = 17_000_000_000_000_000_000n,
): { segment: Uint8Array; records: Uint8Array } {
  const startMs = ORIGIN_MS + day * DAY_MS;
  const perDay = 6;
  const before = BigInt(day * perDay) * flopsPerRecord;
  let head = FIRST_HEAD;
  const records = Array.from({ length: perDay }, (_, i) => {
    const record = encodeRecord({
      timestampMs: startMs + ((i + 1) * DAY_MS) / perDay,
      accelerator: 0,
      kernelClass: "matmul",
      powerW: 600,
      bandwidthGbps: 2000,
      driverVersion: [550, 54, 15],
      accumulatedFlops: BigInt.asUintN(64, before + BigInt(i + 1) * flopsPerRecord),
      nonceCounter: BigInt(day * perDay + i + 1),
      kernelDigest: sha256(utf8("kernel")),
    });
    head = nextHead(head, record);
    return record;
  });
  const sidecar = concat(...records);
  const unsigned = encodeUnsignedSegment({
    networkId: fromHex(networkId),
    originHash: originHash(origin),
    hostId: hostIdOf(publicKey(host)),
    bootCount: 1,
    segmentNumber: BigInt(Math.floor(day) + 1),
    startMs,
    endMs: startMs + DAY_MS,
    nonceEpoch: nonceEpochOf(checkpointText({ origin, size: 0, root: treeHash([]) })),
    recordCount: perDay,
    recordRoot: recordRoot(sidecar),
    accelerators: [
      {
        serial: parseSerial(host.toUpperCase()),
        counterStart: BigInt.asUintN(64, before),
        counterEnd: BigInt.asUintN(64, before + BigInt(perDay) * flopsPerRecord),
        flopsLeast: BigInt(perDay) * flopsPerRecord,
        nonceStart: BigInt(day * perDay),
        nonceEnd: BigInt((day + 1) * perDay),
        headBefore: FIRST_HEAD,
        headAfter: head,
        recordCount: perDay,
      },
    ],
  });
  return { segment: concat(unsigned, sign(host, unsigned)), records: sidecar };
}

/** An alert on two hosts with one accelerator each; this network's reporting threshold is low enough for them to pass. */
export function makeBundle(days: readonly number[] = [0, 1, 2]): Bundle {
  const entries = days.flatMap((day) =>
    ["host-a", "host-b"].map((host) =>
      encodeEntry({
        receivedMs: ORIGIN_MS + 1000 * (day + 1),
        flags: 0,
        segment: segmentOf(host, day).segment,
      }),
    ),
  );
  const leaves = entries.map(leafHash);
  const head = { origin, size: entries.length, root: treeHash(leaves) };
  const window = alertWindow(genesis, ORIGIN_MS);
  const tally = entries.reduce<Tally | undefined>((sum, bytes) => {
    const contribution = contributionOf(decodeEntry(bytes), window);
    return contribution ? addContribution(sum, contribution) : sum;
  }, undefined);
  if (!tally) throw new Error("the fixture has no evidence");
  const parts = {
    subject,
    window,
    log: { origin, size: head.size, root: toHex(head.root) },
    entries: { from: 0, to: head.size },
    ledger: { height: 12, blockHash: toHex(sha256(utf8("block"))) },
  };
  const statement = alertStatement(genesis, parts, tally);
  const digest = statementDigest({ networkId, groupKey, kind: "alert", keyEpoch: 1 }, statement);
  const text = checkpointText(head);
  return {
    type: "comity/v1/bundle",
    genesis,
    epochs: [signedEpoch(epochRecord, ["alice", "bob", "carol"])],
    statement,
    keyEpoch: 1,
    signature: toHex(groupSign(digest)),
    decisions: ["alice", "bob", "dave"].map((name) => decide(name, digest)),
    checkpoint: formatNote(text, origin, publicKey("alice"), sign("alice", utf8(text))),
    hosts: ["host-a", "host-b"].map((host) => toHex(publicKey(host))).sort(),
    entries: entries.map((entry, index) => ({
      index,
      entry: toHex(entry),
      proof: inclusionProof(leaves, index).map(toHex),
    })),
  };
}

export function decide(name: string, digest: Uint8Array): Decision {
  const unsigned = {
    memberIndex: memberNames.indexOf(name as never) + 1,
    decision: "sign" as const,
    reason: "",
    logPosition: 7,
    partialHash: partialHashOf(utf8(`partial of ${name}`)),
  };
  return { ...unsigned, signature: toHex(sign(name, decisionBytes(networkId, digest, unsigned))) };
}

/** Verifiers for a loop over the same bundle: what they say is a function of their input, so that they need not say it twice. */
export function remembering(bls: BlsVerifier): {
  readonly bls: BlsVerifier;
  readonly ed25519: Ed25519Verify;
} {
  const verifyGroup = remembered((...input: Parameters<BlsVerifier["verify"]>) => bls.verify(...input));
  return { bls: { ...bls, verify: verifyGroup }, ed25519: remembered(verifyEd25519) };
}

function remembered<A extends readonly Uint8Array[]>(
  check: (...input: A) => boolean,
): (...input: A) => boolean {
  const known = new Map<string, boolean>();
  return (...input) => {
    const key = input.map(toHex).join();
    const verdict = known.get(key) ?? check(...input);
    known.set(key, verdict);
    return verdict;
  };
}
