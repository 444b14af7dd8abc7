import { status } from "@grpc/grpc-js";
import { RpcError } from "../wire/rpcError.ts";

/** Fabric's peer.limits.concurrency: a call too many is refused at once, nothing queues. */
export class Limiter {
  readonly #service: string;
  readonly #limit: number;
  #running = 0;

  constructor(service: string, limit: number) {
    this.#service = service;
    this.#limit = limit;
  }

  /** @throws RpcError UNKNOWN, as Fabric's interceptor */
  enter(): () => void {
    if (this.#running >= this.#limit) {
      const text = `too many requests for ${this.#service}, exceeding concurrency limit (${this.#limit})`;
      throw new RpcError(status.UNKNOWN, text);
    }
    this.#running++;
    let isInside = true;
    return () => {
      if (isInside) this.#running--;
      isInside = false;
    };
  }
}
