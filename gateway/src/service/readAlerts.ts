import type { AlertDocument, StoredAlert } from "@comity/protocol";
import { GatewayError } from "./gatewayError.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { ProjectionView } from "./projectionView.ts";

/** An alert without its members' decisions, which its own resource and its bundle have. */
export type AlertSummary = Omit<AlertDocument, "decisions">;

/** In the order in which they were filed. */
export async function listAlerts(view: ProjectionView, request: PageRequest): Promise<Page<AlertSummary>> {
  const page = await readPage(view, { kind: "alert", height: () => currentHeight(view) }, request);
  const items = page.items.map(async ({ document }) => {
    return { ...summaryOf(document), status: await statusOf(view, document, page.height) };
  });
  return { ...page, items: await Promise.all(items) };
}

/** @throws GatewayError ALERT_UNKNOWN, PROJECTION_BROKEN, PROJECTION_BEHIND */
export async function readAlert(
  view: ProjectionView,
  alertId: string,
): Promise<AlertDocument & { readonly height: number }> {
  const height = currentHeight(view);
  const alert = await view.at("alert", alertId, height);
  if (alert === undefined)
    throw new GatewayError("ALERT_UNKNOWN", `There is no alert ${alertId} up to block ${height}.`);
  return { ...alert.document, status: await statusOf(view, alert.document, height), height };
}

function summaryOf(alert: StoredAlert): Omit<StoredAlert, "decisions"> {
  const { schemaVersion, rev, alertId, kind, keyEpoch, statement, signature, digest, filedMs } = alert;
  const supersedes = alert.supersedes && { supersedes: alert.supersedes };
  const own = { schemaVersion, rev, alertId, kind, keyEpoch, statement, signature, digest, filedMs };
  return { ...own, ...supersedes };
}

async function statusOf(
  view: ProjectionView,
  { alertId }: StoredAlert,
  height: number,
): Promise<AlertDocument["status"]> {
  const supersededAt = await view.supersededAt(alertId);
  return supersededAt !== undefined && supersededAt <= height ? "superseded" : "open";
}
