import { alertDocument, type AlertDocument } from "@comity/protocol";
import { decodeAnswer, type LedgerReader } from "./ledgerReader.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";

/** An alert without its members' decisions, which its own resource and its bundle have. */
export type AlertSummary = Omit<AlertDocument, "decisions">;

export async function listAlerts(ledger: LedgerReader, request: PageRequest): Promise<Page<AlertSummary>> {
  const { items, nextCursor } = await readPage(ledger, "alert:List", alertDocument, request);
  return { items: items.map(summaryOf), nextCursor };
}

/** @throws LedgerError ALERT_UNKNOWN */
export async function readAlert(ledger: LedgerReader, alertId: string): Promise<AlertDocument> {
  return decodeAnswer(await ledger.evaluate("alert:Read", alertId), alertDocument);
}

function summaryOf(alert: AlertDocument): AlertSummary {
  const { schemaVersion, rev, alertId, kind, keyEpoch, statement, signature, digest, filedMs, status } =
    alert;
  const supersedes = alert.supersedes && { supersedes: alert.supersedes };
  const own = { schemaVersion, rev, alertId, kind, keyEpoch, statement, signature, digest, filedMs, status };
  return { ...own, ...supersedes };
}
