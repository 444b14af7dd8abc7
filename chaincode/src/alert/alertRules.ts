import {
  alertIdOf,
  type AlertRequest,
  type AlertSlot,
  type AlertStatement,
  type BlsVerifier,
  type EpochRecord,
  figure,
  fromHex,
  type Genesis,
  logOrigin,
  type SiteDocument,
  statementProblem,
  toHex,
  verifiedDigest,
  verifyDecision,
  verifyEd25519,
} from "@comity/protocol";
import type { Network } from "../ledger/network.ts";
import { LedgerError } from "../ledger/ledgerError.ts";

/** What a statement says must fit the site that it names, the rulebook's grid, and itself. */
export function validateStatement(
  statement: AlertStatement,
  site: SiteDocument | undefined,
  network: Network,
): void {
  const { subject, log } = statement;
  const isSubject = site?.operatorId === subject.operatorId;
  if (!isSubject || log.origin !== logOrigin({ networkId: network.id, ...site })) {
    throw new LedgerError(
      "ALERT_SUBJECT",
      `${subject.operatorId} has no site ${subject.siteId} with this log`,
    );
  }
  const problem = statementProblem(network.genesis, statement);
  if (problem === undefined) return;
  if (problem === "ALERT_BOUND") throw new Error("only evidence shows whether a bound is too high");
  throw new LedgerError(
    problem,
    "the statement's window, range or figures are not what the rulebook makes of them",
  );
}

/** Verifies that the coalition signed, and who of it: at least t members' own signatures say so. Gives the digest. */
export function verifyAlert(
  request: AlertRequest,
  record: EpochRecord,
  network: Network,
  bls: BlsVerifier,
): string {
  const digest = verifiedDigest(request, record, { networkId: network.id, bls });
  if (digest === undefined) {
    throw new LedgerError("ALERT_SIGNATURE", "the group signature does not verify under the key in force");
  }
  verifyDecisions(request, digest, record, network);
  return toHex(digest);
}

function verifyDecisions(
  { decisions }: AlertRequest,
  digest: Uint8Array,
  record: EpochRecord,
  network: Network,
): void {
  let last = 0;
  for (const decision of decisions) {
    const member = record.members.find(({ index }) => index === decision.memberIndex);
    const isNext = decision.memberIndex > last;
    if (
      !member ||
      !isNext ||
      !verifyDecision(network.id, digest, decision, fromHex(member.identityKey, 32), verifyEd25519)
    ) {
      throw new LedgerError(
        "ALERT_DECISIONS",
        `the decision of member ${decision.memberIndex} is repeated, out of order or not its own`,
      );
    }
    last = decision.memberIndex;
  }
  const signers = decisions.filter(({ decision }) => decision === "sign").length;
  if (signers < record.threshold)
    throw new LedgerError("ALERT_DECISIONS", `${signers} members signed, it takes ${record.threshold}`);
}

export function isGreater(statement: AlertStatement, slot: AlertSlot): boolean {
  return BigInt(statement.flopAtLeast) > BigInt(slot.flopAtLeast);
}

/** Whether an alert may take a slot: it is free, or the bound grew enough to say something new. */
export function assertReplaces(
  statement: AlertStatement,
  slot: AlertSlot | undefined,
  genesis: Genesis,
): void {
  if (slot === undefined || slot.alertId === alertIdOf(statement)) return;
  const leastBasisPoints = figure(genesis, "alertReplacementBasisPoints");
  const isFarGreater = BigInt(statement.flopAtLeast) * 10_000n >= BigInt(slot.flopAtLeast) * leastBasisPoints;
  if (!isGreater(statement, slot) || !isFarGreater) {
    throw new LedgerError(
      "ALERT_NOT_GREATER",
      `alert ${slot.alertId} stands: a new one needs a bound greater by the rulebook's share`,
    );
  }
}
