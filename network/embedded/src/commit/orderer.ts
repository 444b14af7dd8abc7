import { common } from "@hyperledger/fabric-protos";
import type { ChannelPolicy } from "../identity/channelPolicy.ts";
import type { MspRegistry } from "../identity/mspRegistry.ts";
import { decode, messageOf } from "../wire/decode.ts";
import { sha256 } from "../wire/hash.ts";
import { maxTransactionBytes } from "../wire/limits.ts";

export interface OrdererOptions {
  readonly channel: string;
  /** The longest that a transaction waits for others to share its block. */
  readonly blockMs: number;
  readonly maxBlockTransactions: number;
}

export interface OrdererDeps {
  readonly policy: ChannelPolicy;
  readonly msps: MspRegistry;
  readonly now: () => number;
  commit(envelopes: readonly Uint8Array[]): Promise<void>;
  /** A block could not be written: nothing after it may be. */
  onFatal(error: unknown): void;
}

const maxWaiting = 10_000;

type Refusal = {
  readonly status: "BAD_REQUEST" | "FORBIDDEN" | "SERVICE_UNAVAILABLE";
  readonly info: string;
};

/** Takes transactions in as Fabric's orderers do, and cuts them into blocks in the order of arrival. */
export class Orderer {
  readonly #options: OrdererOptions;
  readonly #deps: OrdererDeps;
  #waiting: Uint8Array[] = [];
  /** Transactions taken in and not yet committed, by the hash of the envelope: a repeat is not ordered twice. */
  readonly #known = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isBroken = false;

  constructor(options: OrdererOptions, deps: OrdererDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Undefined when the transaction will be in a block. */
  submit(envelope: common.Envelope): Refusal | undefined {
    const refusal = this.#refusal(envelope);
    if (refusal !== undefined) return refusal;
    const bytes = envelope.serializeBinary();
    const key = keyOf(bytes);
    if (this.#known.has(key)) return undefined;
    if (this.#isStopped || this.#known.size >= maxWaiting) {
      return {
        status: "SERVICE_UNAVAILABLE",
        info: "failed to submit request: request pool is full or closed",
      };
    }
    this.#known.add(key);
    this.#waiting.push(bytes);
    if (this.#waiting.length >= this.#options.maxBlockTransactions) this.#cut();
    else this.#timer ??= setTimeout(() => this.#cut(), this.#options.blockMs);
    return undefined;
  }

  /** Writes what was taken in, then takes in no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cut();
    await this.#committing;
  }

  #cut(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    this.#committing = this.#committing.then(() => this.#commit(batch));
  }

  async #commit(batch: readonly Uint8Array[]): Promise<void> {
    if (this.#isBroken) return;
    try {
      await this.#deps.commit(batch);
      for (const bytes of batch) this.#known.delete(keyOf(bytes));
    } catch (error) {
      this.#isBroken = this.#isStopped = true;
      this.#deps.onFatal(error);
    }
  }

  /** Fabric: orderer/common/msgprocessor and broadcast. */
  #refusal(envelope: common.Envelope): Refusal | undefined {
    const size = envelope.getPayload_asU8().length + envelope.getSignature_asU8().length;
    if (size > maxTransactionBytes) {
      const info = `message payload is ${size} bytes and exceeds maximum allowed ${maxTransactionBytes} bytes`;
      return { status: "BAD_REQUEST", info };
    }
    let header: { channel: common.ChannelHeader; creator: Uint8Array };
    try {
      header = headerOf(envelope);
    } catch (error) {
      return { status: "BAD_REQUEST", info: `could not determine channel ID: ${messageOf(error)}` };
    }
    return this.#headerRefusal(envelope, header.channel, header.creator);
  }

  #headerRefusal(
    envelope: common.Envelope,
    channel: common.ChannelHeader,
    creator: Uint8Array,
  ): Refusal | undefined {
    if (channel.getChannelId() !== this.#options.channel) {
      return { status: "BAD_REQUEST", info: "channel does not exist" };
    }
    if (channel.getType() !== common.HeaderType.ENDORSER_TRANSACTION) {
      return { status: "BAD_REQUEST", info: "message is of type that cannot be processed directly" };
    }
    if (this.#expiryOf(creator) < this.#deps.now()) {
      return { status: "BAD_REQUEST", info: "broadcast client identity expired" };
    }
    const signed = {
      identity: creator,
      data: envelope.getPayload_asU8(),
      signature: envelope.getSignature_asU8(),
    };
    const why = this.#deps.policy.implicitRefusal("Writers", signed);
    return why === undefined ? undefined : { status: "FORBIDDEN", info: `${why}: permission denied` };
  }

  #expiryOf(creator: Uint8Array): number {
    try {
      return this.#deps.msps.resolve(creator).expiresAt;
    } catch {
      return Infinity; // refused by the policy that comes next
    }
  }
}

function keyOf(envelope: Uint8Array): string {
  return sha256(envelope).toString("base64");
}

function headerOf(envelope: common.Envelope): { channel: common.ChannelHeader; creator: Uint8Array } {
  const payload = decode(common.Payload, "Payload", envelope.getPayload_asU8());
  const header = payload.getHeader();
  if (header === undefined) throw new Error("payload header is missing");
  return {
    channel: decode(common.ChannelHeader, "ChannelHeader", header.getChannelHeader_asU8()),
    creator: decode(
      common.SignatureHeader,
      "SignatureHeader",
      header.getSignatureHeader_asU8(),
    ).getCreator_asU8(),
  };
}
