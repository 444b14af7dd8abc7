import type { FastifyReply, FastifyRequest } from "fastify";
import { etagOf } from "./blockAnswers.ts";

/** The page runs its own scripts and styles from here and talks to nobody else; nobody may frame it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const securityHeaders = {
  "content-security-policy": contentSecurityPolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function setHeaders(
  _request: FastifyRequest,
  reply: FastifyReply,
  _payload: unknown,
  done: () => void,
): void {
  const own = reply.getHeader("content-security-policy");
  void reply.headers(securityHeaders);
  if (own !== undefined) void reply.header("content-security-policy", own);
  // Caches may keep everything and ask each time whether it still holds; the ETag makes that cheap.
  if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "no-cache");
  done();
}

/** Strong: the hash of the very bytes. Answers 304 where the visitor has them already. */
export function setETag(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  done(null, isKnownToVisitor(request, reply, payload) ? null : payload);
}

function isKnownToVisitor(request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
  const isWhole = typeof payload === "string" || Buffer.isBuffer(payload);
  if (reply.statusCode !== 200 || !isWhole) return false;
  const known = reply.getHeader("etag");
  const etag = typeof known === "string" ? known : etagOf(payload);
  void reply.header("etag", etag);
  if (!matches(request.headers["if-none-match"], etag)) return false;
  void reply.code(304).removeHeader("content-type").removeHeader("content-disposition");
  return true;
}

/** RFC 9110 §13.1.2: a list of tags compared weakly, or `*`. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
