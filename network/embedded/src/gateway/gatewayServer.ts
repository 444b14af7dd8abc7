import { once } from "node:events";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  type ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import { type common, gateway, peer } from "@hyperledger/fabric-protos";
import type { Logger } from "../logger.ts";
import { messageOf } from "../wire/decode.ts";
import { serverOptions } from "../wire/limits.ts";
import { RpcError, toServiceError } from "../wire/rpcError.ts";
import { deliver, type DeliverDeps } from "./deliver.ts";
import type { GatewayService } from "./gatewayService.ts";
import { Limiter } from "./limiter.ts";

export interface GatewayServerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxGatewayCalls: number;
  readonly maxDeliverCalls: number;
}

export interface GatewayServerDeps {
  readonly service: GatewayService;
  readonly deliver: DeliverDeps;
  readonly credentials: ServerCredentials;
  readonly log: Logger;
}

/** One member's gRPC endpoint: `gateway.Gateway` and `protos.Deliver`. */
export class GatewayServer {
  readonly #options: GatewayServerOptions;
  readonly #deps: GatewayServerDeps;
  readonly #server = new Server(serverOptions);
  readonly #gatewayLimit: Limiter;
  readonly #deliverLimit: Limiter;

  constructor(options: GatewayServerOptions, deps: GatewayServerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#gatewayLimit = new Limiter("/gateway.Gateway", options.maxGatewayCalls);
    this.#deliverLimit = new Limiter("/protos.Deliver", options.maxDeliverCalls);
    this.#addServices(deps.service);
  }

  /** Resolves to the port that it listens on. */
  async start(): Promise<number> {
    const bound = Promise.withResolvers<number>();
    const address = `${this.#options.host}:${this.#options.port}`;
    this.#server.bindAsync(address, this.#deps.credentials, (error, port) => {
      if (error === null) bound.resolve(port);
      else bound.reject(error);
    });
    return bound.promise;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #addServices(service: GatewayService): void {
    this.#server.addService(gateway.GatewayService, {
      evaluate: this.#unary((request: gateway.EvaluateRequest) => service.evaluate(request)),
      endorse: this.#unary((request: gateway.EndorseRequest) => service.endorse(request)),
      submit: this.#unary((request: gateway.SubmitRequest) => service.submit(request)),
      commitStatus: this.#unary((request: gateway.SignedCommitStatusRequest, signal) =>
        service.commitStatus(request, signal),
      ),
      chaincodeEvents: this.#streaming((request: gateway.SignedChaincodeEventsRequest, signal) =>
        service.chaincodeEvents(request, signal),
      ),
    });
    this.#server.addService(peer.DeliverService, {
      deliver: (call: ServerDuplexStream<common.Envelope, peer.DeliverResponse>) => void this.#deliver(call),
      deliverFiltered: refuseMethod("DeliverFiltered"),
      deliverWithPrivateData: refuseMethod("DeliverWithPrivateData"),
    });
  }

  #unary<Q, S>(answer: (request: Q, signal: AbortSignal) => S | Promise<S>): handleUnaryCall<Q, S> {
    return (call, callback) => {
      const ended = new AbortController();
      call.on("cancelled", () => ended.abort());
      const run = async (): Promise<S> => {
        const leave = this.#gatewayLimit.enter();
        try {
          return await answer(call.request, ended.signal);
        } finally {
          leave();
        }
      };
      run().then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(this.#rpcError(error))),
      );
    };
  }

  #streaming<Q, S>(
    answer: (request: Q, signal: AbortSignal) => AsyncIterable<S>,
  ): handleServerStreamingCall<Q, S> {
    return (call) => {
      void this.#stream(call, this.#gatewayLimit, (signal) => answer(call.request, signal));
    };
  }

  async #deliver(call: ServerDuplexStream<common.Envelope, peer.DeliverResponse>): Promise<void> {
    await this.#stream(call, this.#deliverLimit, (signal) => deliverAll(call, this.#deps.deliver, signal));
  }

  async #stream<S>(
    call: ServerWritableStream<unknown, S> | ServerDuplexStream<common.Envelope, S>,
    limit: Limiter,
    answer: (signal: AbortSignal) => AsyncIterable<S>,
  ): Promise<void> {
    const ended = new AbortController();
    call.on("cancelled", () => ended.abort());
    call.on("error", () => ended.abort());
    try {
      const leave = limit.enter();
      try {
        for await (const response of answer(ended.signal)) await send(call, response, ended.signal);
      } finally {
        leave();
      }
      call.end();
    } catch (error) {
      if (!ended.signal.aborted) call.emit("error", toServiceError(this.#rpcError(error)));
    }
  }

  #rpcError(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    this.#deps.log.warn("a call failed unexpectedly", { reason: messageOf(error) });
    return new RpcError(status.INTERNAL, "internal error");
  }
}

/** Every request of the stream in turn, until one isn't answered with success. */
async function* deliverAll(
  call: ServerDuplexStream<common.Envelope, peer.DeliverResponse>,
  deps: DeliverDeps,
  signal: AbortSignal,
): AsyncGenerator<peer.DeliverResponse> {
  for await (const envelope of call as AsyncIterable<common.Envelope>) {
    const mayGoOn = yield* deliver(envelope, deps, signal);
    if (!mayGoOn) return;
  }
}

/** Waits while the client is slower than the ledger. */
async function send<S>(
  call: { write(response: S): boolean; once: NodeJS.EventEmitter["once"] } & NodeJS.EventEmitter,
  response: S,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || call.write(response)) return;
  await once(call, "drain", { signal });
}

/** The text of a gRPC server that doesn't know the method. */
function refuseMethod(method: string): (call: NodeJS.EventEmitter) => void {
  return (call) => {
    const text = `unknown method ${method} for service protos.Deliver`;
    call.emit("error", toServiceError(new RpcError(status.UNIMPLEMENTED, text)));
  };
}
