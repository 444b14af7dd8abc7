import { createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  addContribution,
  alertStatement,
  alertWindow,
  type AlertStatement,
  type Bundle,
  checkpointText,
  contributionOf,
  decodeEntry,
  encodeEntry,
  formatNote,
  fromHex,
  type Genesis,
  genesisId,
  encodeCanonical,
  inclusionProof,
  leafHash,
  logOrigin,
  parseMemberId,
  parseOperatorId,
  parseSiteId,
  sha256,
  type SignedEpochRecord,
  statementDigest,
  type Tally,
  toHex,
  treeHash,
  utf8,
} from "@comity/protocol";
import { EvidenceHost } from "../system/evidence.ts";

const DAYS = 4;
const NONCE_EPOCH = "00".repeat(8);

export interface ForgedParts {
  readonly genesis: Genesis;
  readonly epochs: readonly SignedEpochRecord[];
  /** Of the member whose log the attacker keeps, and that member's identity key. */
  readonly memberId: string;
  readonly identityKey: KeyObject;
  readonly subject: { readonly operatorId: string; readonly siteId: string };
  readonly signature: (digest: Uint8Array) => string;
  readonly decisions: (digest: Uint8Array) => Bundle["decisions"];
}

/** A bundle in which everything is in order that an attacker can make: hosts, evidence, log, checkpoint, figures. */
export function forgeBundle({ genesis, epochs, signature, decisions, ...parts }: ForgedParts): Bundle {
  const networkId = genesisId(encodeCanonical(genesis));
  const { log, hosts, entries, checkpoint } = forgeLog(genesis, parts);
  const statement = statementOf(genesis, parts.subject, log, entries);
  const groupKey = fromHex(epochs.at(-1)?.record.groupKey ?? "", 48);
  const digest = statementDigest({ networkId, groupKey, kind: "alert", keyEpoch: epochs.length }, statement);
  const hashes = entries.map(leafHash);
  return {
    type: "comity/v1/bundle",
    genesis,
    epochs: [...epochs],
    statement,
    keyEpoch: epochs.length,
    signature: signature(digest),
    decisions: [...decisions(digest)],
    checkpoint,
    hosts,
    entries: entries.map((entry, index) => ({
      index,
      entry: toHex(entry),
      proof: inclusionProof(hashes, index).map(toHex),
    })),
  };
}

type LogParts = Pick<ForgedParts, "memberId" | "identityKey" | "subject">;

function forgeLog(genesis: Genesis, { memberId, identityKey, subject }: LogParts) {
  const networkId = genesisId(encodeCanonical(genesis));
  const origin = logOrigin({ networkId, memberId: parseMemberId(memberId), ...namesOf(subject) });
  const host = new EvidenceHost("FORGED", genesis.clock.originMs);
  const entries = Array.from({ length: DAYS }, () => {
    const { segment } = host.nextDay({ networkId, origin }, NONCE_EPOCH);
    return encodeEntry({ receivedMs: genesis.clock.originMs, flags: 0, segment });
  });
  const root = treeHash(entries.map(leafHash));
  const text = checkpointText({ origin, size: DAYS, root });
  const publicKey = publicKeyOf(identityKey);
  const checkpoint = formatNote(text, origin, publicKey, sign(null, utf8(text), identityKey));
  return {
    log: { origin, size: DAYS, root: toHex(root) },
    hosts: [toHex(host.publicKey)],
    entries,
    checkpoint,
  };
}

function statementOf(
  genesis: Genesis,
  subject: ForgedParts["subject"],
  log: AlertStatement["log"],
  entries: readonly Uint8Array[],
): AlertStatement {
  const window = alertWindow(genesis, genesis.clock.originMs);
  const tally = entries.reduce<Tally | undefined>((sum, entry) => {
    const contribution = contributionOf(decodeEntry(entry), window);
    return contribution === undefined ? sum : addContribution(sum, contribution);
  }, undefined);
  if (tally === undefined) throw new Error("the forged evidence counts");
  const ledger = { height: 1, blockHash: toHex(sha256(utf8("any block"))) };
  const parts = { subject: namesOf(subject), window, log, entries: { from: 0, to: entries.length }, ledger };
  return alertStatement(genesis, parts, tally);
}

function namesOf({ operatorId, siteId }: ForgedParts["subject"]): AlertStatement["subject"] {
  return { operatorId: parseOperatorId(operatorId), siteId: parseSiteId(siteId) };
}

export function publicKeyOf(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return new Uint8Array(spki.subarray(-32));
}
