import type { NetworkId } from "@comity/protocol";
import type { BundleService } from "../service/bundleService.ts";
import { listNotices } from "../service/listNotices.ts";
import { listAlerts, readAlert } from "../service/readAlerts.ts";
import type { ProjectionView } from "../service/projectionView.ts";
import type { Coalition } from "../service/readCoalition.ts";
import { sendFile } from "./sendFile.ts";
import {
  alertParams,
  alertSchema,
  alertSummarySchema,
  coalitionSchema,
  fileSchema,
  noticeSchema,
  pageOf,
  pageQuery,
  problemResponse,
} from "./schemas.ts";
import type { RestServer } from "./typeProvider.ts";

export interface RouteDeps {
  readonly view: ProjectionView;
  readonly bundles: BundleService;
  readonly coalition: () => Promise<Coalition>;
  /** Throws what keeps this gateway from being of use. */
  readonly assertReady: () => Promise<void>;
  readonly networkId: NetworkId;
  readonly genesisBytes: Uint8Array;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export function addCoalitionRoutes(
  server: RestServer,
  { coalition, networkId, genesisBytes }: RouteDeps,
): void {
  server.get(
    "/v1/coalition",
    {
      schema: {
        tags: ["coalition"],
        summary: "Members, mode and key",
        response: { 200: coalitionSchema, default: problemResponse },
      },
    },
    () => coalition(),
  );
  server.get(
    "/v1/genesis",
    {
      schema: {
        tags: ["coalition"],
        summary: "The genesis record, byte for byte; its SHA-256 is the network's id",
        response: { 200: fileSchema("Canonical JSON"), default: problemResponse },
      },
    },
    (_request, reply) => sendFile(reply, `genesis-${networkId}.json`, genesisBytes),
  );
}

export function addNoticeRoutes(server: RestServer, { view }: RouteDeps): void {
  server.get(
    "/v1/notices",
    {
      schema: {
        tags: ["notices"],
        summary: "Model Run Notices",
        querystring: pageQuery,
        response: { 200: pageOf(noticeSchema), default: problemResponse },
      },
    },
    ({ query }) => listNotices(view, query),
  );
}

export function addAlertRoutes(server: RestServer, { view, bundles }: RouteDeps): void {
  server.get(
    "/v1/alerts",
    {
      schema: {
        tags: ["alerts"],
        summary: "Alerts that the coalition signed",
        querystring: pageQuery,
        response: { 200: pageOf(alertSummarySchema), default: problemResponse },
      },
    },
    ({ query }) => listAlerts(view, query),
  );
  server.get(
    "/v1/alerts/:alertId",
    {
      schema: {
        tags: ["alerts"],
        summary: "One alert with its members' decisions",
        params: alertParams,
        response: { 200: alertSchema, default: problemResponse },
      },
    },
    ({ params }) => readAlert(view, params.alertId),
  );
  server.get(
    "/v1/alerts/:alertId/bundle",
    {
      schema: {
        tags: ["alerts"],
        summary: "Everything that shows, offline, that the coalition signed an alert and on what evidence",
        params: alertParams,
        response: {
          200: fileSchema('Canonical JSON; see @comity/protocol, "Bundle"'),
          default: problemResponse,
        },
      },
    },
    async ({ params }, reply) =>
      sendFile(reply, `alert-${params.alertId}.comity.json`, await bundles.fetch(params.alertId)),
  );
}

/** Not part of the published interface: for whoever runs the gateway. */
export function addOperatorRoutes(server: RestServer, { assertReady, metrics }: RouteDeps): void {
  const hidden = { schema: { hide: true } };
  server.get("/healthz", hidden, () => ({ status: "ok" }));
  server.get("/readyz", hidden, async () => {
    await assertReady();
    return { status: "ready" };
  });
  server.get("/metrics", hidden, async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
}
