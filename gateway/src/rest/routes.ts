import type { NetworkId } from "@comity/protocol";
import type { BundleService } from "../service/bundleService.ts";
import type { LedgerReader } from "../service/ledgerReader.ts";
import { listNotices } from "../service/listNotices.ts";
import { listAlerts, readAlert } from "../service/readAlerts.ts";
import { type Coalition, readRegister } from "../service/readCoalition.ts";
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
  readonly ledger: LedgerReader;
  readonly bundles: BundleService;
  readonly coalition: () => Promise<Coalition>;
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

export function addNoticeRoutes(server: RestServer, { ledger }: RouteDeps): void {
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
    ({ query }) => listNotices(ledger, query),
  );
}

export function addAlertRoutes(server: RestServer, { ledger, bundles }: RouteDeps): void {
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
    ({ query }) => listAlerts(ledger, query),
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
    ({ params }) => readAlert(ledger, params.alertId),
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
export function addOperatorRoutes(server: RestServer, deps: RouteDeps): void {
  const hidden = { schema: { hide: true } };
  server.get("/healthz", hidden, () => ({ status: "ok" }));
  server.get("/readyz", hidden, async () => {
    await readRegister(deps);
    return { status: "ready" };
  });
  server.get("/metrics", hidden, async (_request, reply) => {
    const { contentType, text } = await deps.metrics();
    return reply.type(contentType).send(text);
  });
}

interface FileReply {
  type(contentType: string): FileReply;
  header(name: string, value: string): FileReply;
  send(payload: unknown): FileReply;
}

/** As a download, and exactly the bytes: what was signed is never written anew. */
function sendFile(reply: FileReply, name: string, bytes: Uint8Array): FileReply {
  return reply
    .type("application/json")
    .header("content-disposition", `attachment; filename="${name}"`)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
