import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { GatewayErrorCode } from "../service/gatewayError.ts";

/** RFC 9457, with the stable code that programs compare. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: "urn:comity:problem:<code in lower case>" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: "What is wrong and what to do" }),
    code: Type.String({ pattern: "^[A-Z][A-Z0-9_]*$", description: "Stable; never reused or renamed" }),
  },
  { additionalProperties: false },
);

export type Problem = Static<typeof problemSchema>;

/** Codes that say something about the request or the way to the answer, with their status. */
type RestCode =
  | "REQUEST_INVALID"
  | "REQUEST_TOO_LARGE"
  | "MEDIA_TYPE_UNSUPPORTED"
  | "ROUTE_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "GATEWAY_FAILED"
  | "CELL_MALFORMED";
/** Codes of the ledger's client and of the chaincode that a reader can run into. */
type LedgerCode =
  "LEDGER_UNAVAILABLE" | "LEDGER_REFUSED" | "GENESIS_MISSING" | "CALLER_UNKNOWN" | "CALLER_ROLE";

const problems: Readonly<
  Record<RestCode | GatewayErrorCode | LedgerCode, readonly [status: number, title: string]>
> = {
  REQUEST_INVALID: [400, "The request is not of the form that this route takes"],
  REQUEST_TOO_LARGE: [413, "The request is longer than this route takes"],
  MEDIA_TYPE_UNSUPPORTED: [415, "This route takes another media type"],
  CURSOR_INVALID: [400, "The cursor is not known"],
  ROUTE_NOT_FOUND: [404, "There is nothing here"],
  ALERT_UNKNOWN: [404, "There is no such alert"],
  BOND_UNKNOWN: [404, "There is no such bond"],
  VENUE_UNKNOWN: [404, "No such venue is on the list"],
  DIGEST_UNKNOWN: [404, "The coalition has not signed this registry yet"],
  BUNDLE_NOT_FOUND: [404, "There is no evidence bundle of this alert"],
  METHOD_NOT_ALLOWED: [405, "This gateway is only for reading"],
  GATEWAY_FAILED: [500, "The gateway failed"],
  BUNDLE_UNVERIFIED: [502, "The evidence bundle does not verify"],
  LEDGER_ANSWER_MALFORMED: [502, "The ledger gave an answer that cannot be read"],
  LEDGER_REFUSED: [502, "The ledger refused the question"],
  CALLER_UNKNOWN: [502, "The ledger does not know this gateway"],
  CALLER_ROLE: [502, "The ledger does not let this gateway read"],
  REGISTRY_DIFFERS: [502, "The registry is not what the coalition signed"],
  PROJECTION_BROKEN: [502, "The gateway cannot follow the ledger"],
  LEDGER_NETWORK: [502, "The ledger is another network's"],
  LEDGER_UNAVAILABLE: [503, "The ledger does not answer"],
  GENESIS_MISSING: [503, "The network is still starting"],
  PROJECTION_BEHIND: [503, "The gateway is behind the ledger"],
  NODES_UNREACHABLE: [503, "No node answers"],
  GATEWAY_BUSY: [503, "The gateway is busy"],
  CELL_MALFORMED: [400, "This is no sealed tip"],
  TIP_NETWORK: [400, "This tip is for another network"],
  TIP_FORM: [400, "The form cannot be read"],
  TIP_UNKNOWN: [404, "There is no such tip"],
  TIP_CERTIFICATE_PENDING: [404, "There is no certificate of this tip yet"],
  TIP_HOUR_RUNNING: [404, "The hour is not over"],
  TIPS_FULL: [503, "There is no room for more tips now"],
};

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];

export function problem(code: ProblemCode, detail: string): Problem {
  const [status, title] = problems[code];
  return {
    type: `urn:comity:problem:${code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status,
    detail,
    code,
  };
}

export function sendProblem(reply: FastifyReply, value: Problem): FastifyReply {
  if (value.status === 503) void reply.header("retry-after", "1");
  if (value.status === 405) void reply.header("allow", "GET, HEAD");
  // As bytes, since fastify would add to a text's type a charset that this type does not have.
  return reply
    .code(value.status)
    .type("application/problem+json")
    .send(Buffer.from(JSON.stringify(value)));
}

/** Whatever was thrown, as a problem. What is not ours to explain becomes GATEWAY_FAILED and is logged, never shown. */
export function problemOf(error: unknown): Problem {
  if (hasKnownCode(error)) return problem(error.code, sentence(error.message));
  if (!isFastifyError(error)) return failed();
  if (error.validation) return problem("REQUEST_INVALID", `${sentence(error.message)} See /openapi.json.`);
  if (error.statusCode === 413) return problem("REQUEST_TOO_LARGE", sentence(error.message));
  if (error.statusCode === 415)
    return problem("MEDIA_TYPE_UNSUPPORTED", "Send what /openapi.json says of this route.");
  const isCallers = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isCallers ? problem("REQUEST_INVALID", "The request cannot be read. See /openapi.json.") : failed();
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const value = problemOf(error);
  if (request.routeOptions.config.isTip === true) return sendProblem(reply, value);
  if (value.status === 500) request.log.error({ err: error }, "request failed");
  else if (value.status > 500) request.log.warn({ code: value.code, detail: value.detail }, "request failed");
  return sendProblem(reply, value);
}

export function handleNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(
    reply,
    problem("ROUTE_NOT_FOUND", "No page or resource has this address. See /openapi.json."),
  );
}

/** What is no HTTP at all, or more of it than anybody needs: there is no request to answer, only a socket to end. */
export function handleClientError(_error: unknown, socket: Socket): void {
  if (!socket.writable) return;
  const body = JSON.stringify(problem("REQUEST_INVALID", "This is not an HTTP request that can be read."));
  const headers = `content-type: application/problem+json\r\ncontent-length: ${body.length}\r\nconnection: close`;
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headers}\r\n\r\n${body}`);
}

/** Nothing here changes anything, on any path but those on which tips are left. */
export function refuseOtherMethods(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const takesTips = request.method === "POST" && request.routeOptions.config.isTip === true;
  if (request.method === "GET" || request.method === "HEAD" || takesTips) {
    done();
  } else {
    sendProblem(
      reply,
      problem("METHOD_NOT_ALLOWED", "Use GET or HEAD. Members make changes, on the ledger."),
    );
  }
}

function failed(): Problem {
  return problem("GATEWAY_FAILED", "Something went wrong here. The reason is in the gateway's log.");
}

function hasKnownCode(error: unknown): error is { code: ProblemCode; message: string } {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return Object.hasOwn(problems, error.code);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "statusCode" in error;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
