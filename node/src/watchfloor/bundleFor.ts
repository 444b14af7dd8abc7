import {
  type AlertRequest,
  type Bundle,
  type Ed25519Verify,
  type Genesis,
  type NetworkId,
  type SignedEpochRecord,
  toHex,
} from "@comity/protocol";
import type { EvidenceSource } from "./evidenceSource.ts";
import { tallyEvidence } from "./evidenceTally.ts";
import type { WatchfloorLedger } from "./ports.ts";

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
 * @throws EvidenceError
 */
export async function bundleFor(alert: AlertRequest, deps: BundleDeps, signal: AbortSignal): Promise<Bundle> {
  const { keyEpoch, statement, signature, decisions } = alert;
  const first = decisions.find(({ decision }) => decision === "sign")?.memberIndex ?? 1;
  const { checkpoint, result } = await deps.evidence.gather(
    statement,
    first,
    (pages) => tallyEvidence(statement, pages, deps),
    signal,
  );
  return {
    type: "comity/v1/bundle",
    genesis: deps.genesis,
    epochs: deps.ledger.epochs().filter(({ record }) => record.keyEpoch <= keyEpoch),
    statement,
    keyEpoch,
    signature,
    decisions,
    checkpoint,
    hosts: [...new Set(result.counting.map(({ hostKey }) => hostKey))].sort(),
    entries: result.counting.map(({ index, entry, proof }) => ({
      index,
      entry: toHex(entry),
      proof: proof.map(toHex),
    })),
  };
}
