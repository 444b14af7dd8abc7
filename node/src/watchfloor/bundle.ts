import {
  type AlertRequest,
  type Bundle,
  DomainError,
  type Ed25519Verify,
  type Genesis,
  type NetworkId,
  type SignedEpochRecord,
  toHex,
} from "@comity/protocol";
import type { EvidenceSource } from "./evidenceSource.ts";
import { tallyEvidence } from "./evidenceTally.ts";
import type { WatchfloorLedger } from "./ports.ts";

export class BundleSourceError extends DomainError<"BUNDLE_EVIDENCE_ABSENT"> {}

export interface BundleDeps {
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly ledger: Pick<WatchfloorLedger, "host" | "noticeRevisionsAt"> & {
    epochs(): readonly SignedEpochRecord[];
  };
  readonly evidence: EvidenceSource;
  readonly verify: Ed25519Verify;
}

/**
 * Everything that shows offline that the coalition signed an alert, and on what. Not yet verified as a whole: whoever hands it on
 * calls `verifyBundle`.
 * @throws BundleSourceError, EvidenceError
 */
export async function bundleFor(alert: AlertRequest, deps: BundleDeps, signal: AbortSignal): Promise<Bundle> {
  const { keyEpoch, statement, signature, decisions } = alert;
  const first = decisions.find(({ decision }) => decision === "sign")?.memberIndex ?? 1;
  const evidence = await deps.evidence.gather(statement, first, signal);
  const verified = await tallyEvidence(statement, evidence.entries, deps);
  return {
    type: "comity/v1/bundle",
    genesis: deps.genesis,
    epochs: deps.ledger.epochs().filter(({ record }) => record.keyEpoch <= keyEpoch),
    statement,
    keyEpoch,
    signature,
    decisions,
    checkpoint: evidence.checkpoint,
    hosts: [...new Set(verified.counting.map(({ hostKey }) => hostKey))].sort(),
    entries: verified.counting.map(({ index, entry, proof }) => ({
      index,
      entry: toHex(entry),
      proof: proof.map(toHex),
    })),
  };
}
