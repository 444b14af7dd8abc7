import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import {
  decimal,
  type Decoder,
  DomainError,
  hex,
  integer,
  list,
  literal,
  object,
  text,
} from "@comity/protocol";
import type { AttesterConfig } from "./config.ts";
import { chainFields } from "./hostChain.ts";

export type IntakeErrorCode =
  | "INTAKE_UNREACHABLE" // no answer: try again
  | "INTAKE_BUSY" // the node says so, or has no copies of what it took in yet: try again
  | "INTAKE_REFUSED" // the node does not let this client in, or not this request
  | "INTAKE_UNKNOWN_HOST" // the node knows of no such host
  | "INTAKE_ANSWER"; // not the answer of a node

export class IntakeError extends DomainError<IntakeErrorCode> {
  readonly retryAfterMs: number | undefined;

  constructor(
    code: IntakeErrorCode,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number } = {},
  ) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

const MAX_ANSWER_BYTES = 1024 * 1024;
const ANSWER_TIMEOUT_MS = 60_000;
const U64 = 2n ** 64n - 1n;

const accepted = object({ status: literal("accepted"), index: integer(0, Number.MAX_SAFE_INTEGER) });
const refused = object({ status: literal("refused"), code: text(40, /^[A-Z_]+$/), detail: text(500) });
export type ItemAnswer = ReturnType<typeof accepted> | ReturnType<typeof refused>;

const item: Decoder<ItemAnswer> = (value, path) => {
  const isAccepted =
    typeof value === "object" && value !== null && "status" in value && value.status === "accepted";
  return isAccepted ? accepted(value, path) : refused(value, path);
};
const batchAnswer = object({ items: list(item, 4096), nonceEpoch: hex(8) });
const hostAnswer = object({ ...chainFields, segmentNumber: decimal(U64), nonceEpoch: hex(8) });
export type BatchAnswer = ReturnType<typeof batchAnswer>;
export type HostAnswer = ReturnType<typeof hostAnswer>;

/** The node's intake over mutual TLS 1.3. Every failure is an IntakeError. */
export class IntakeClient {
  readonly #url: URL;
  readonly #agent: Agent;

  constructor({ intake, tls }: Pick<AttesterConfig, "intake" | "tls">) {
    this.#url = new URL(intake.url);
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 4,
      minVersion: "TLSv1.3",
      cert: readFileSync(tls.certificateFile),
      key: readFileSync(tls.keyFile),
      ca: readFileSync(tls.rootFile),
    });
  }

  async send(batch: Uint8Array, signal: AbortSignal): Promise<BatchAnswer> {
    return decoded(batchAnswer, await this.#request("POST", "/v1/segments", batch, signal));
  }

  async host(hostId: string, signal: AbortSignal): Promise<HostAnswer> {
    return decoded(hostAnswer, await this.#request("GET", `/v1/hosts/${hostId}`, undefined, signal));
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(
    method: string,
    path: string,
    body: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const headers = body ? { "content-type": "application/octet-stream", "content-length": body.length } : {};
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void =>
        reject(new IntakeError("INTAKE_UNREACHABLE", `no answer: ${cause.message}`, { cause }));
      const outgoing = request(new URL(path, this.#url), {
        method,
        headers,
        agent: this.#agent,
        signal: limit,
      });
      outgoing.once("error", fail);
      outgoing.once("response", (response) => {
        const parts: Buffer[] = [];
        let sizeBytes = 0;
        response.once("error", fail);
        response.on("data", (part: Buffer) => {
          sizeBytes += part.length;
          if (sizeBytes > MAX_ANSWER_BYTES) response.destroy(new Error("the answer is too long"));
          else parts.push(part);
        });
        response.once("end", () => {
          const problem = problemOf(response.statusCode ?? 0, response.headers["retry-after"]);
          if (problem) reject(problem);
          else resolve(Buffer.concat(parts));
        });
      });
      outgoing.end(body);
    });
  }
}

function problemOf(status: number, retryAfter: string | undefined): IntakeError | undefined {
  if (status === 200) return undefined;
  if (status === 503 || status === 429) {
    const seconds = Math.min(60, Number(retryAfter ?? 1));
    const retryAfterMs = (Number.isFinite(seconds) ? seconds : 1) * 1000;
    return new IntakeError("INTAKE_BUSY", "the node takes nothing in just now", { retryAfterMs });
  }
  if (status === 404) return new IntakeError("INTAKE_UNKNOWN_HOST", "the node knows of no such host");
  return new IntakeError("INTAKE_REFUSED", `the node refused the request with status ${status}`);
}

function decoded<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  try {
    return decoder(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new IntakeError("INTAKE_ANSWER", "the answer is not that of a node", { cause });
  }
}
