import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { type AttesterIdentity, attesterOf } from "./clientCertificate.ts";
import type { Intake } from "./intake.ts";
import { IntakeError, intakeStatuses } from "./intakeError.ts";

export interface IntakeServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Roots of the certificates that attesters bring. */
  readonly clientRoots: string[];
  /** How long a client may take to say who it is; 5 s unless given. */
  readonly handshakeTimeoutMs?: number;
}

export interface IntakeServerDeps {
  readonly intake: Intake;
  /** Told of an error that is no refusal: a defect, or a disk that fails. */
  readonly report: (error: unknown) => void;
}

export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 1;
const GRACE_MS = 3000;
const MAX_CONNECTIONS = 256;
/** Of one site, or of all clients that are no attesters: eight times what an attester opens, and far below what all may have. */
const MAX_CONNECTIONS_EACH = 32;

/** HTTPS with mutual TLS 1.3: `POST /v1/segments`, `GET /v1/hosts/{hostId}`. */
export class IntakeServer {
  readonly #options: IntakeServerOptions;
  readonly #deps: IntakeServerDeps;
  readonly #server: Server;
  #isStopping = false;
  readonly #identities = new WeakMap<object, AttesterIdentity>();
  readonly #connections = new Map<string, number>();

  constructor(options: IntakeServerOptions, deps: IntakeServerDeps) {
    this.#options = options;
    this.#deps = deps;
    const { certificate: cert, key, clientRoots, handshakeTimeoutMs = 5000 } = options;
    const tls = {
      cert,
      key,
      ca: clientRoots,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
    } as const;
    const limits = {
      handshakeTimeout: handshakeTimeoutMs,
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 60_000,
      maxHeaderSize: 8192,
    };
    this.#server = createServer(
      { ...tls, ...limits },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on("secureConnection", (socket) => this.#identify(socket));
  }

  async start(): Promise<{ port: number }> {
    const { port, host } = this.#options;
    const listening = Promise.withResolvers<undefined>();
    this.#server.once("error", listening.reject);
    this.#server.listen(port, host, () => listening.resolve(undefined));
    await listening.promise;
    this.#server.off("error", listening.reject);
    return { port: (this.#server.address() as AddressInfo).port };
  }

  /** Lets requests in work finish, for a while. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    AbortSignal.timeout(GRACE_MS).addEventListener("abort", () => this.#server.closeAllConnections());
    await closed;
  }

  #identify(socket: TLSSocket): void {
    const certificate = socket.getPeerX509Certificate();
    const identity = certificate && attesterOf(certificate);
    if (identity) this.#identities.set(socket, identity);
    this.#count(socket, identity ? `${identity.operatorId}/${identity.siteId}` : "");
  }

  /** Connections are few: one site, whatever goes wrong there, must not take them all. */
  #count(socket: TLSSocket, client: string): void {
    const count = (this.#connections.get(client) ?? 0) + 1;
    if (count > MAX_CONNECTIONS_EACH) {
      socket.destroy();
      return;
    }
    this.#connections.set(client, count);
    socket.once("close", () => {
      const left = (this.#connections.get(client) ?? 0) - 1;
      if (left > 0) this.#connections.set(client, left);
      else this.#connections.delete(client);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters } = this.#deps.intake;
    // A connection that stays open would bring further requests to a server that is closing.
    if (this.#isStopping) response.setHeader("connection", "close");
    try {
      const answer = await this.#route(request);
      counters.request("ANSWERED");
      send(response, 200, "application/json", answer);
    } catch (error) {
      const known =
        error instanceof IntakeError ? error : new IntakeError("INTAKE_FAILED", "this node has a fault");
      if (known.code === "INTAKE_FAILED") this.#deps.report(error);
      counters.request(known.code);
      const status = intakeStatuses[known.code];
      if (status === 503) response.setHeader("retry-after", RETRY_AFTER_SECONDS);
      // What was not read of the request would be taken for the next one.
      if (!request.complete) response.setHeader("connection", "close");
      send(response, status, "application/problem+json", { status, code: known.code, detail: known.message });
    }
  }

  async #route(request: IncomingMessage): Promise<unknown> {
    const { method, url = "" } = request;
    const identity = this.#identities.get(request.socket);
    if (identity === undefined)
      throw new IntakeError("CLIENT_FORBIDDEN", "this certificate is not an attester's");
    if (method === "POST" && url === "/v1/segments") return this.#take(identity, request);
    const [, hostId] = /^\/v1\/hosts\/([0-9a-f]{64})$/.exec(url) ?? [];
    if (method === "GET" && hostId !== undefined) return this.#deps.intake.host(identity, hostId);
    throw new IntakeError("PATH_UNKNOWN", "there is nothing here");
  }

  async #take(identity: AttesterIdentity, request: IncomingMessage): Promise<unknown> {
    const { intake } = this.#deps;
    const sizeBytes = announcedSize(request);
    const release = intake.admit(identity, sizeBytes);
    try {
      return await intake.take(identity, await readBody(request, sizeBytes));
    } finally {
      release();
    }
  }
}

function announcedSize(request: IncomingMessage): number {
  const length = request.headers["content-length"];
  if (length === undefined) throw new IntakeError("LENGTH_REQUIRED", "a batch announces its length");
  const sizeBytes = Number(length);
  if (!(sizeBytes <= MAX_BATCH_BYTES))
    throw new IntakeError("BATCH_TOO_LARGE", `a batch has at most ${MAX_BATCH_BYTES} bytes`);
  return sizeBytes;
}

async function readBody(request: IncomingMessage, sizeBytes: number): Promise<Uint8Array> {
  const body = new Uint8Array(sizeBytes);
  let at = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      body.set(part, at);
      at += part.length;
    }
  } catch (cause) {
    throw new IntakeError("BATCH_MALFORMED", "the batch broke off", { cause });
  }
  return body;
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}
