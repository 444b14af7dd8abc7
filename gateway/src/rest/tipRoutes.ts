import { encodeCanonical } from "@comity/protocol";
import { CELL_BYTES } from "@comity/tip";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { TipDesk } from "../service/tipDesk.ts";
import { problemOf } from "./errors.ts";
import { fileOf } from "./multipart.ts";
import { fileSchema, officersSchema, problemResponse, tipHourParams, tipParams } from "./schemas.ts";
import { noTipPage, tipFormPage, tipProblemPage, tipReceiptPage } from "./tipPage.ts";
import type { RestServer } from "./typeProvider.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Of these requests nothing is counted and nothing logged: a figure that is read often enough says when somebody came. */
    readonly isTip?: true;
  }
}

export interface TipRouteDeps {
  readonly desk: TipDesk;
  readonly networkId: string;
}

/** Room for what a browser writes around a form's file. */
const FORM_BYTES = CELL_BYTES + 4096;
const config = { isTip: true } as const;
const tags = ["tips"];
/** Forms go to this gateway only. */
const formPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function addTipRoutes(server: RestServer, { desk, networkId }: TipRouteDeps): void {
  const asBuffer = { parseAs: "buffer" } as const;
  // What fastify reads by itself would arrive here as something else than the bytes that were sent.
  server.removeAllContentTypeParsers();
  for (const type of ["application/octet-stream", "multipart/form-data"])
    server.addContentTypeParser(type, asBuffer, (_request, body, done) => done(null, body));
  addSending(server, desk);
  addChecking(server, desk);
  addForm(server, desk, networkId);
}

/** Pages of every gateway lead to `/tip`. */
export function addNoTipPage(server: RestServer): void {
  server.get("/tip", { config, schema: { hide: true } }, (_request, reply) =>
    sendPage(reply.code(404), noTipPage()),
  );
}

function addSending(server: RestServer, desk: TipDesk): void {
  server.post(
    "/v1/tips",
    {
      config,
      bodyLimit: CELL_BYTES,
      schema: {
        tags,
        summary: "Leave a sealed tip: application/octet-stream, exactly 65,536 bytes",
        response: { 200: fileSchema('A receipt; see @comity/tip, "Receipt"'), default: problemResponse },
      },
    },
    async ({ body }, reply) => sendDocument(reply, await desk.take(bytesOf(body))),
  );
  server.get(
    "/v1/tips/officers",
    {
      config,
      schema: {
        tags,
        summary: "Keys of the case officers to whom tips are sealed, each with its member's signature",
        response: { 200: officersSchema, default: problemResponse },
      },
    },
    async () => ({ items: await desk.officers() }),
  );
}

function addChecking(server: RestServer, desk: TipDesk): void {
  server.get(
    "/v1/tips/:cellHash/certificate",
    {
      config,
      schema: {
        tags,
        summary: "That f + 1 members or more hold a tip",
        params: tipParams,
        response: { 200: fileSchema('Canonical JSON; see @comity/tip, "Receipt"'), default: problemResponse },
      },
    },
    async ({ params }, reply) => sendDocument(reply, await desk.certificate(params.cellHash)),
  );
  server.get(
    "/v1/tips/hours/:tipHour",
    {
      config,
      schema: {
        tags,
        summary: "All leaves of an hour, and the root that the ledger has of it",
        params: tipHourParams,
        response: { 200: fileSchema('Canonical JSON; see @comity/tip, "Receipt"'), default: problemResponse },
      },
    },
    async ({ params }, reply) => sendDocument(reply, await desk.hour(params.tipHour)),
  );
}

function addForm(server: RestServer, desk: TipDesk, networkId: string): void {
  const schema = { hide: true };
  server.get("/tip", { config, schema }, (_request, reply) => sendPage(reply, tipFormPage(networkId)));
  const errorHandler = (error: unknown, _request: FastifyRequest, reply: FastifyReply): void => {
    const { status, detail } = problemOf(error);
    void sendPage(reply.code(status), tipProblemPage(detail));
  };
  server.post("/tip", { config, schema, bodyLimit: FORM_BYTES, errorHandler }, async (request, reply) => {
    const file = fileOf(request.headers["content-type"], Buffer.from(bytesOf(request.body)));
    return sendPage(reply, tipReceiptPage(await desk.take(file)));
  });
}

function bytesOf(body: unknown): Uint8Array {
  return Buffer.isBuffer(body) ? new Uint8Array(body) : new Uint8Array();
}

interface Reply {
  type(contentType: string): Reply;
  header(name: string, value: string): Reply;
  send(payload: unknown): Reply;
}

/** Canonical bytes, since they are kept and verified; and no cache keeps them. */
function sendDocument(reply: Reply, document: unknown): Reply {
  return reply
    .type("application/json")
    .header("cache-control", "no-store")
    .send(Buffer.from(encodeCanonical(document)));
}

function sendPage(reply: Reply, html: string): Reply {
  return reply
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("content-security-policy", formPolicy)
    .send(html);
}
