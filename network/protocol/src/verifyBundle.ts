import {
  addContribution,
  type AlertStatement,
  contributionOf,
  CountedSegments,
  evidenceProblem,
  type Tally,
} from "./alert.ts";
import type { BlsVerifier } from "./bls/verifier.ts";
import { type Bundle, BundleError, decodeBundle, refuseAs } from "./bundle.ts";
import { equalBytes, fromHex, toHex } from "./bytes.ts";
import { encodeCanonical } from "./canonical.ts";
import { type Decision, verifyDecision } from "./decision.ts";
import { type Ed25519Verify, verifyEd25519 } from "./ed25519.ts";
import { decodeEntry, type LogEntry } from "./entry.ts";
import { type EpochRecord, verifyEpochChain } from "./epoch.ts";
import { type Genesis, genesisId } from "./genesis.ts";
import { hostIdOf, logOrigin, type NetworkId, originHash, parseLogOrigin } from "./ids.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { openCheckpoint } from "./note.ts";
import { statementDigest } from "./statement.ts";

export interface VerifiedBundle {
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
  readonly statement: AlertStatement;
  readonly keyEpoch: number;
  readonly groupKey: string;
  readonly digest: string;
  readonly signature: string;
  readonly decisions: readonly Decision[];
  /** Names of the members that decided to sign. */
  readonly signers: readonly string[];
  readonly entryCount: number;
  readonly hostCount: number;
}

export interface BundleTrust {
  /** SHA-256 of the genesis record, which the verifier must bring. */
  readonly genesis: string;
  readonly bls: BlsVerifier;
  readonly ed25519?: Ed25519Verify;
}

/**
 * Checks all of a bundle, in the order of README, "Bundle".
 * @example verifyBundle(bytes, { genesis: "5f0c…", bls: nobleBls }).statement.subject
 * @throws BundleError
 */
export function verifyBundle(bytes: Uint8Array, trust: BundleTrust): VerifiedBundle {
  const value = decodeBundle(bytes);
  const ed25519 = trust.ed25519 ?? verifyEd25519;
  const networkId = genesisId(encodeCanonical(value.genesis));
  if (networkId !== trust.genesis) {
    throw new BundleError("BUNDLE_GENESIS", `the bundle is of network ${networkId}, not of ${trust.genesis}`);
  }
  const epoch = currentEpoch(value, networkId, ed25519);
  const digest = verifySignature(value, networkId, epoch, trust.bls);
  const signers = verifyDecisions(value, { networkId, digest, epoch, ed25519 });
  verifyCheckpoint(value, networkId, ed25519);
  verifyEvidence(value, networkId, ed25519);
  return {
    networkId,
    genesis: value.genesis,
    statement: value.statement,
    keyEpoch: value.keyEpoch,
    groupKey: epoch.groupKey,
    digest: toHex(digest),
    signature: value.signature,
    decisions: value.decisions,
    signers,
    entryCount: value.entries.length,
    hostCount: value.hosts.length,
  };
}

/** The record of the bundle's key epoch, which must be the last of the chain: more would not be bound to anything. */
function currentEpoch(value: Bundle, networkId: NetworkId, ed25519: Ed25519Verify): EpochRecord {
  const records = refuseAs("BUNDLE_EPOCH", () =>
    verifyEpochChain(value.genesis, networkId, value.epochs, ed25519),
  );
  const last = records.at(-1);
  if (last?.keyEpoch !== value.keyEpoch)
    throw new BundleError("BUNDLE_EPOCH", "the chain does not end with the key epoch of the signature");
  return last;
}

function verifySignature(
  value: Bundle,
  networkId: NetworkId,
  epoch: EpochRecord,
  bls: BlsVerifier,
): Uint8Array {
  const groupKey = fromHex(epoch.groupKey, 48);
  const digest = statementDigest(
    { networkId, groupKey, kind: "alert", keyEpoch: value.keyEpoch },
    value.statement,
  );
  if (!bls.verify(groupKey, digest, fromHex(value.signature, 96))) {
    throw new BundleError("BUNDLE_SIGNATURE", "the coalition's key did not sign this statement");
  }
  return digest;
}

interface DecisionContext {
  readonly networkId: NetworkId;
  readonly digest: Uint8Array;
  readonly epoch: EpochRecord;
  readonly ed25519: Ed25519Verify;
}

function verifyDecisions(value: Bundle, { networkId, digest, epoch, ed25519 }: DecisionContext): string[] {
  let last = 0;
  for (const decision of value.decisions) {
    const member = epoch.members.find((candidate) => candidate.index === decision.memberIndex);
    const isSigned =
      member && verifyDecision(networkId, digest, decision, fromHex(member.identityKey, 32), ed25519);
    if (decision.memberIndex <= last || !isSigned) {
      throw new BundleError(
        "BUNDLE_DECISIONS",
        `the decision of member ${decision.memberIndex} is not signed by it`,
      );
    }
    last = decision.memberIndex;
  }
  const signed = value.decisions
    .filter((decision) => decision.decision === "sign")
    .map((decision) => decision.memberIndex);
  if (signed.length < epoch.threshold)
    throw new BundleError("BUNDLE_DECISIONS", `fewer than ${epoch.threshold} members decided to sign`);
  return value.genesis.members.filter((member) => signed.includes(member.index)).map((member) => member.name);
}

function verifyCheckpoint(value: Bundle, networkId: NetworkId, ed25519: Ed25519Verify): void {
  const { log, subject } = value.statement;
  refuseAs("BUNDLE_CHECKPOINT", () => {
    const name = parseLogOrigin(log.origin);
    const owner = value.genesis.members.find((member) => member.memberId === name.memberId);
    const isOfSubject = log.origin === logOrigin({ ...name, networkId, ...subject });
    if (!owner || !isOfSubject)
      throw new BundleError("BUNDLE_CHECKPOINT", "the log is not one of the subject's");
    const head = openCheckpoint(value.checkpoint, log.origin, fromHex(owner.identityKey, 32), ed25519);
    if (head.size !== log.size || toHex(head.root) !== log.root) {
      throw new BundleError("BUNDLE_CHECKPOINT", "the checkpoint is not the one that the statement names");
    }
  });
}

function verifyEvidence(value: Bundle, networkId: NetworkId, ed25519: Ed25519Verify): void {
  const keys = hostKeys(value.hosts);
  const used = new Set<string>();
  const counted = new CountedSegments();
  let tally: Tally | undefined;
  let last = -1;
  for (const item of value.entries) {
    if (item.index <= last) throw new BundleError("BUNDLE_EVIDENCE", "the entries are not in order");
    last = item.index;
    const entry = refuseAs("BUNDLE_EVIDENCE", () => includedEntry(item, value.statement));
    assertSigned(entry, item.index, { keys, networkId, origin: value.statement.log.origin, ed25519 });
    used.add(entry.segment.hostId);
    const contribution = contributionOf(entry, value.statement.window);
    if (!contribution || !counted.take(entry.segment))
      throw new BundleError("BUNDLE_EVIDENCE", `entry ${item.index} does not count towards the alert`);
    tally = addContribution(tally, contribution);
  }
  if (used.size !== keys.size)
    throw new BundleError("BUNDLE_EVIDENCE", "a host key is there that signed nothing");
  const problem = evidenceProblem(value.genesis, value.statement, tally);
  if (problem)
    throw new BundleError("BUNDLE_FIGURES", `the statement does not follow from the evidence: ${problem}`);
}

function includedEntry(item: Bundle["entries"][number], { log, entries }: AlertStatement): LogEntry {
  const bytes = fromHex(item.entry);
  const proof = item.proof.map((hash) => fromHex(hash, 32));
  const root = fromHex(log.root, 32);
  const isIncluded = verifyInclusion({
    leaf: leafHash(bytes),
    index: item.index,
    size: log.size,
    root,
    proof,
  });
  if (!isIncluded || item.index < entries.from || item.index >= entries.to) {
    throw new BundleError(
      "BUNDLE_EVIDENCE",
      `entry ${item.index} is not in the log where the statement looks`,
    );
  }
  return decodeEntry(bytes);
}

interface HostContext {
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly networkId: NetworkId;
  readonly origin: string;
  readonly ed25519: Ed25519Verify;
}

function assertSigned(
  { segment }: LogEntry,
  index: number,
  { keys, networkId, origin, ed25519 }: HostContext,
): void {
  const key = keys.get(segment.hostId);
  const isOfLog =
    toHex(segment.networkId) === networkId && equalBytes(segment.originHash, originHash(origin));
  if (!isOfLog || !key || !ed25519(key, segment.signedBytes, segment.signature)) {
    throw new BundleError("BUNDLE_EVIDENCE", `entry ${index} is not signed by its host for this log`);
  }
}

/** Host id → key. Keys come in ascending order, so that the list has one form. */
function hostKeys(hosts: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const isOrdered = hosts.every((key, i) => i === 0 || key > (hosts[i - 1] ?? ""));
  if (!isOrdered) throw new BundleError("BUNDLE_EVIDENCE", "the host keys are not in order");
  return new Map(hosts.map((key) => [hostIdOf(fromHex(key, 32)), fromHex(key, 32)]));
}
