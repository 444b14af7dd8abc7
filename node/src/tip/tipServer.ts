import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { DomainError, encodeCanonical, fromHex } from "@comity/protocol";
import { CELL_BYTES, CellError, type TipCertificate, type TipHour, type TipPlace } from "@comity/tip";
import type { HourlyLog } from "./hourlyLog.ts";
import { TipStoreError } from "./tipError.ts";

/** A tip as officers may see that it waits: nothing of what is in it. */
export interface WaitingTip extends TipPlace {
  /** Whose gateway took it. */
  readonly memberId: string;
}

export interface TipSources {
  /** Resolves once the cell is on disk. */
  accept(cell: Uint8Array): Promise<TipPlace>;
  /** Newest hours first. */
  waiting(limit: number): readonly WaitingTip[];
  /** From this node's disk, or another member's. */
  cell(cellHash: string): Promise<Uint8Array | undefined>;
  /** @throws TipStoreError TIP_UNKNOWN, TIP_CERTIFICATE_PENDING */
  certificate(cellHash: string): TipCertificate;
  /** @throws TipStoreError TIP_HOUR_RUNNING */
  hour(tipHour: number): TipHour;
}

export interface TipServerOptions {
  readonly host: string;
  readonly port: number;
}

export interface TipServerDeps {
  readonly sources: TipSources;
  readonly log: Pick<HourlyLog, "note">;
}

const MAX_WAITING = 100;
const HOUR = /^(0|[1-9][0-9]{0,15})$/;

/** Where the member's own gateway leaves cells and its officers fetch them: on loopback, for it asks nobody who they are. No request is logged. */
export class TipServer {
  readonly #options: TipServerOptions;
  readonly #deps: TipServerDeps;
  readonly #app: FastifyInstance;

  constructor(options: TipServerOptions, deps: TipServerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#app = fastify({ bodyLimit: CELL_BYTES, forceCloseConnections: true, requestTimeout: 10_000 });
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser(
      "application/octet-stream",
      { parseAs: "buffer" },
      (_request, body, done) => done(null, body),
    );
    this.#app.setErrorHandler((error, _request, reply) => this.#failed(error, reply));
    this.#app.setNotFoundHandler((_request, reply) =>
      problem(reply, 404, "NOT_FOUND", "there is nothing here"),
    );
    this.#routes();
  }

  async start(): Promise<void> {
    const { host, port } = this.#options;
    await this.#app.listen({ host, port });
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  get port(): number {
    const [address] = this.#app.addresses();
    return typeof address === "object" ? address.port : 0;
  }

  #routes(): void {
    const { sources } = this.#deps;
    this.#app.post<{ Body: Buffer | undefined }>("/v1/tips", ({ body = Buffer.alloc(0) }) =>
      sources.accept(new Uint8Array(body)),
    );
    this.#app.get("/v1/tips", () => ({ items: sources.waiting(MAX_WAITING) }));
    this.#app.get<{ Params: { cellHash: string } }>("/v1/tips/:cellHash", async ({ params }, reply) => {
      const cell = await sources.cell(hashOf(params.cellHash));
      if (cell === undefined)
        throw new TipStoreError("TIP_UNKNOWN", "no member that answers holds this cell");
      return reply.type("application/octet-stream").send(Buffer.from(cell));
    });
    this.#app.get<{ Params: { cellHash: string } }>("/v1/tips/:cellHash/certificate", ({ params }, reply) =>
      send(reply, sources.certificate(hashOf(params.cellHash))),
    );
    this.#app.get<{ Params: { tipHour: string } }>("/v1/tip-hours/:tipHour", ({ params }, reply) => {
      if (!HOUR.test(params.tipHour)) return problem(reply, 400, "ID_INVALID", "a tip hour is a number");
      return send(reply, sources.hour(Number(params.tipHour)));
    });
  }

  #failed(error: unknown, reply: FastifyReply): FastifyReply {
    if (error instanceof DomainError) {
      const code = String(error.code);
      return problem(reply, error instanceof CellError ? 400 : (statuses[code] ?? 503), code, error.message);
    }
    const { statusCode } = error as { statusCode?: unknown };
    if (typeof statusCode === "number" && statusCode < 500)
      return problem(reply, statusCode, "REQUEST_INVALID", "the request cannot be read");
    this.#deps.log.note("the tip server could not answer", { problem: String(error).slice(0, 200) });
    return problem(reply, 500, "INTERNAL", "the node could not answer; its log says why");
  }
}

const statuses: Readonly<Record<string, number>> = {
  HEX_INVALID: 400,
  TIP_NETWORK: 400,
  TIP_UNKNOWN: 404,
  TIP_CERTIFICATE_PENDING: 404,
  TIP_HOUR_RUNNING: 404,
};

/** @throws BytesError HEX_INVALID */
function hashOf(text: string): string {
  fromHex(text, 32);
  return text;
}

/** Canonical, so that the gateway can pass the very bytes on. */
function send(reply: FastifyReply, document: unknown): FastifyReply {
  return reply.type("application/json").send(Buffer.from(encodeCanonical(document)));
}

/** RFC 9457. */
function problem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type("application/problem+json")
    .send({ type: "about:blank", status, code, detail });
}
