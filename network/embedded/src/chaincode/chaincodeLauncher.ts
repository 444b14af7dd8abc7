import type { ChannelCredentials } from "@grpc/grpc-js";
import type { peer } from "@hyperledger/fabric-protos";
import type { Logger } from "../logger.ts";
import { messageOf } from "../wire/decode.ts";
import { ChaincodeConnection } from "./chaincodeConnection.ts";
import type { TransactionContext } from "./transactionContext.ts";

export interface ChaincodeLauncherOptions {
  readonly chaincodeName: string;
  readonly address: string;
  readonly executeTimeoutMs: number;
}

/** One member's chaincode process: connected at need, and again at the next invocation after it has died. */
export class ChaincodeLauncher {
  readonly #options: ChaincodeLauncherOptions;
  readonly #credentials: ChannelCredentials;
  readonly #log: Logger;
  #connection: ChaincodeConnection | undefined;

  constructor(options: ChaincodeLauncherOptions, deps: { credentials: ChannelCredentials; log: Logger }) {
    this.#options = options;
    this.#credentials = deps.credentials;
    this.#log = deps.log;
  }

  /** @throws Error with Fabric's text */
  async invoke(context: TransactionContext): Promise<peer.ChaincodeMessage> {
    const connection = await this.connect();
    return connection.execute(context, this.#options.executeTimeoutMs);
  }

  async connect(): Promise<ChaincodeConnection> {
    if (this.#connection?.isOpen !== true) {
      this.#connection = new ChaincodeConnection(this.#options.address, this.#credentials, this.#log);
    }
    const connection = this.#connection;
    const { chaincodeName } = this.#options;
    try {
      await withTimeout(connection.registered(), this.#options.executeTimeoutMs);
    } catch (cause) {
      connection.close();
      const why =
        cause === timedOut
          ? `timeout expired while starting chaincode ${chaincodeName} for transaction`
          : this.#unreachable(messageOf(cause));
      throw new Error(`could not launch chaincode ${chaincodeName}: ${why}`, { cause });
    }
    return connection;
  }

  close(): void {
    this.#connection?.close();
  }

  #unreachable(reason: string): string {
    const { chaincodeName, address } = this.#options;
    return (
      `connection to ${chaincodeName} failed: error cannot create connection for ${chaincodeName}: ` +
      `error creating grpc connection to ${address}: failed to create new connection: connection error: ` +
      `desc = "transport: ${dialError(reason, address)}"`
    );
  }
}

/** The one failure that people look for, a process that isn't there, in the words they look for. */
function dialError(reason: string, address: string): string {
  if (!reason.includes("ECONNREFUSED")) return reason;
  return `error while dialing: dial tcp ${address}: connect: connection refused`;
}

const timedOut = new Error("timed out");

async function withTimeout(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => expired.reject(timedOut), timeoutMs);
  try {
    await Promise.race([promise, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
