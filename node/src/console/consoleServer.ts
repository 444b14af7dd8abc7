import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { DomainError, logOrigin, parseAlertId, parseLogOrigin, type NetworkId } from "@comity/protocol";
import type { Log } from "../telemetry/log.ts";
import type { ConsoleSources } from "./consoleSources.ts";
import { addOfficerRoutes, type OfficerRouteDeps } from "./officer/officerRoutes.ts";

export interface ConsoleOptions {
  readonly host: string;
  readonly port: number;
  readonly networkId: NetworkId;
}

export interface ConsoleDeps {
  readonly sources: ConsoleSources;
  readonly officer: OfficerRouteDeps;
  readonly log: Log;
}

/** What the member's own people and its gateway see of the node, on loopback, for it asks nobody who they are. Only the officer's form writes. */
export class ConsoleServer {
  readonly #options: ConsoleOptions;
  readonly #deps: ConsoleDeps;
  readonly #app: FastifyInstance;

  constructor(options: ConsoleOptions, deps: ConsoleDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#app = fastify({ bodyLimit: 1024, forceCloseConnections: true });
    // A page of somebody else's cannot make a browser on this machine ask in its name (DNS rebinding).
    this.#app.addHook("onRequest", async (request, reply) => {
      if (!loopbackNames.includes(request.hostname)) {
        await problem(reply, 421, "HOST_UNKNOWN", "ask the console by its loopback address");
      }
    });
    this.#app.setErrorHandler((error, _request, reply) => this.#failed(error, reply));
    this.#app.setNotFoundHandler((_request, reply) =>
      problem(reply, 404, "NOT_FOUND", "there is nothing here"),
    );
    this.#healthRoutes();
    this.#statusRoutes();
    this.#logRoutes();
    addOfficerRoutes(this.#app, deps.officer);
  }

  async start(): Promise<void> {
    await this.#app.listen({ host: this.#options.host, port: this.#options.port });
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  get port(): number {
    const [address] = this.#app.addresses();
    return typeof address === "object" ? address.port : 0;
  }

  #healthRoutes(): void {
    const { sources } = this.#deps;
    this.#app.get("/healthz", () => ({ status: "ok" }));
    this.#app.get("/readyz", async (_request, reply) => {
      const missing = await sources.missing();
      return reply.code(missing.length === 0 ? 200 : 503).send({ ready: missing.length === 0, missing });
    });
    this.#app.get("/metrics", async (_request, reply) => {
      const { contentType, text } = await sources.metrics();
      return reply.type(contentType).send(text);
    });
  }

  #statusRoutes(): void {
    const { sources } = this.#deps;
    this.#app.get("/v1/status", async () => {
      const missing = await sources.missing();
      return { ...(await sources.status()), ready: missing.length === 0, missing };
    });
    this.#app.get("/v1/peers", () => ({ peers: sources.peers() }));
    this.#app.get("/v1/logs", () => ({ logs: sources.logs() }));
    this.#app.get("/v1/summaries", () => ({ summaries: sources.summaries() }));
    this.#app.get("/v1/equivocations", () => ({ equivocations: sources.equivocations() }));
    this.#app.get("/v1/proposals", () => ({ proposals: sources.proposals() }));
    this.#app.get<{ Params: { alertId: string } }>(
      "/v1/alerts/:alertId/bundle",
      async ({ params }, reply) => {
        const alertId = parseAlertId(params.alertId);
        const bytes = await sources.bundle(alertId);
        if (!bytes) return problem(reply, 404, "ALERT_UNKNOWN", "this node knows no such alert");
        const disposition = `attachment; filename="alert-${alertId}.comity.json"`;
        return reply
          .type("application/json")
          .header("content-disposition", disposition)
          .send(Buffer.from(bytes));
      },
    );
  }

  #logRoutes(): void {
    type Params = { memberId: string; operatorId: string; siteId: string; "*": string };
    this.#app.get<{ Params: Params }>("/logs/:memberId/:operatorId/:siteId/*", async ({ params }, reply) => {
      const { memberId, operatorId, siteId, "*": path } = params;
      const { networkId } = this.#options;
      const origin = logOrigin(parseLogOrigin(`comity/${networkId}/${memberId}/${operatorId}/${siteId}`));
      const bytes = await this.#deps.sources.resource(origin, path);
      if (!bytes) return problem(reply, 404, "NOT_FOUND", "this node has no such part of a log");
      return reply
        .type(path === "checkpoint" ? "text/plain; charset=utf-8" : "application/octet-stream")
        .send(Buffer.from(bytes));
    });
  }

  /** Ids that are none are the asker's fault; what the node cannot do now it may be able to do later. */
  #failed(error: unknown, reply: FastifyReply): FastifyReply {
    if (error instanceof DomainError) {
      const isAskersFault = askersFaults.includes(String(error.code));
      return problem(reply, isAskersFault ? 400 : 503, String(error.code), error.message);
    }
    const status = statusOf(error);
    if (status >= 400 && status < 500)
      return problem(
        reply,
        status,
        "REQUEST_INVALID",
        "the request cannot be read, or is longer than it may be",
      );
    this.#deps.log.error("the console could not answer", { error });
    return problem(reply, 500, "INTERNAL", "the node could not answer; its log says why");
  }
}

const loopbackNames: readonly string[] = ["127.0.0.1", "localhost", "[::1]", "::1"];
const askersFaults: readonly string[] = ["ID_INVALID"];

/** What the HTTP server itself holds against a request; 500 for everything else. */
function statusOf(error: unknown): number {
  return error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
}

/** RFC 9457. */
function problem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type("application/problem+json")
    .send({ type: "about:blank", status, code, detail });
}
