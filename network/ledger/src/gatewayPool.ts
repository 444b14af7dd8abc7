import { createPrivateKey, type KeyObject } from "node:crypto";
import { Client, credentials } from "@grpc/grpc-js";
import { connect, type Gateway, type Signer } from "@hyperledger/fabric-gateway";
import { msp } from "@hyperledger/fabric-protos";
import { isWorthAnotherGateway, LedgerError, ledgerErrorOf } from "./ledgerError.ts";
import { nativeSigner, signedWhole } from "./nativeSigner.ts";

export interface LedgerEndpoint {
  /** `host:port` of a gateway peer. */
  readonly address: string;
  /** PEM of the root certificate of the peer's TLS certificate. */
  readonly tlsRootPem: string;
}

export interface LedgerIdentity {
  readonly mspId: string;
  readonly certificatePem: string;
  /** PKCS #8 PEM, P-256 or Ed25519. */
  readonly privateKeyPem: string;
}

const SECOND_MS = 1000;

/** How long each call may take; a call without a deadline hangs for ever on a stopped peer. */
const deadlinesMs = {
  evaluate: 10 * SECOND_MS,
  endorse: 15 * SECOND_MS,
  submit: 10 * SECOND_MS,
  commitStatus: 15 * SECOND_MS,
};

const channelOptions = {
  // Fabric refuses keepalive pings that come oftener than once a minute.
  "grpc.keepalive_time_ms": 120 * SECOND_MS,
  "grpc.keepalive_timeout_ms": 20 * SECOND_MS,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2 * SECOND_MS,
  // Blocks may be as large as Fabric's own limit of messages.
  "grpc.max_receive_message_length": 100 * 1024 * 1024,
};

/** A gateway that failed is not gone back to so soon, while another works. */
const downMs = 15 * SECOND_MS;

/** Several gateways, one in use at a time: who failed is left for the next one that did not fail lately, and nobody goes back before that one fails. */
export class GatewayPool {
  readonly #endpoints: readonly LedgerEndpoint[];
  readonly #identity: LedgerIdentity;
  readonly #key: KeyObject;
  readonly #connections = new Map<number, { client: Client; gateway: Gateway }>();
  readonly #now: () => number;
  /** When each gateway failed last, by its index. */
  readonly #failedMs = new Map<number, number>();
  #current = 0;
  #isClosed = false;

  constructor(endpoints: readonly LedgerEndpoint[], identity: LedgerIdentity, now: () => number) {
    this.#now = now;
    if (endpoints.length === 0)
      throw new LedgerError("LEDGER_UNAVAILABLE", "no ledger endpoint is configured");
    this.#endpoints = endpoints;
    this.#identity = identity;
    this.#key = createPrivateKey(identity.privateKeyPem);
  }

  get size(): number {
    return this.#endpoints.length;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The caller's identity as Fabric serialises it. */
  get creator(): Uint8Array {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(this.#identity.mspId);
    identity.setIdBytes(Buffer.from(this.#identity.certificatePem));
    return identity.serializeBinary();
  }

  get signer(): Signer {
    return nativeSigner(this.#key);
  }

  current(): Gateway {
    return this.#open(this.#current).gateway;
  }

  /** Moves on from a gateway that failed; callers that fail together move on once. */
  leave(failed: Gateway): void {
    if (this.#connections.get(this.#current)?.gateway !== failed) return;
    this.#failedMs.set(this.#current, this.#now());
    const others = this.#endpoints.map((_, step) => (this.#current + 1 + step) % this.#endpoints.length);
    const failedMs = (index: number): number => this.#failedMs.get(index) ?? -Infinity;
    const isWell = (index: number): boolean => this.#now() - failedMs(index) >= downMs;
    const longestAgo = others.toSorted((a, b) => failedMs(a) - failedMs(b))[0];
    this.#current = others.find(isWell) ?? longestAgo ?? this.#current;
  }

  /** Runs an action without effects on the current gateway, then on each of the others, until one serves it. */
  async serve<T>(action: (gateway: Gateway) => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      const gateway = this.current();
      try {
        return await action(gateway);
      } catch (error) {
        if (!isWorthAnotherGateway(error)) throw ledgerErrorOf(error);
        this.leave(gateway);
        if (tried >= this.size) throw ledgerErrorOf(error);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { client, gateway } of this.#connections.values()) {
      gateway.close();
      client.close();
    }
    this.#connections.clear();
  }

  #open(index: number): { client: Client; gateway: Gateway } {
    if (this.#isClosed) throw new LedgerError("LEDGER_UNAVAILABLE", "the ledger client is closed");
    const known = this.#connections.get(index);
    if (known) return known;
    const endpoint = this.#endpoints[index];
    if (!endpoint) throw new RangeError(`there is no endpoint ${index}`);
    const client = new Client(
      endpoint.address,
      credentials.createSsl(Buffer.from(endpoint.tlsRootPem)),
      channelOptions,
    );
    const opened = { client, gateway: this.#connect(client) };
    this.#connections.set(index, opened);
    return opened;
  }

  #connect(client: Client): Gateway {
    const within = (ms: number) => () => ({ deadline: Date.now() + ms });
    return connect({
      client,
      identity: { mspId: this.#identity.mspId, credentials: Buffer.from(this.#identity.certificatePem) },
      signer: this.signer,
      hash: signedWhole,
      evaluateOptions: within(deadlinesMs.evaluate),
      endorseOptions: within(deadlinesMs.endorse),
      submitOptions: within(deadlinesMs.submit),
      commitStatusOptions: within(deadlinesMs.commitStatus),
    });
  }
}
