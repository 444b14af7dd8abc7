import { type ChannelCredentials, type ClientDuplexStream } from "@grpc/grpc-js";
import { peer } from "@hyperledger/fabric-protos";
import type { Logger } from "../logger.ts";
import { decode, messageOf } from "../wire/decode.ts";
import { connectOptions } from "../wire/limits.ts";
import { messageHandlers } from "./messageHandlers.ts";
import type { TransactionContext } from "./transactionContext.ts";

const { Type } = peer.ChaincodeMessage;

const streamTerminated = "chaincode stream terminated";

interface Running {
  readonly context: TransactionContext;
  readonly done: PromiseWithResolvers<peer.ChaincodeMessage>;
}

type Stream = ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;

/** The peer's side of one stream to one chaincode process. Fabric: core/chaincode/handler.go. */
export class ChaincodeConnection {
  readonly #client: peer.ChaincodeClient;
  readonly #stream: Stream;
  readonly #registered = Promise.withResolvers<undefined>();
  readonly #running = new Map<string, Running>();
  readonly #log: Logger;
  #isOpen = true;

  constructor(address: string, credentials: ChannelCredentials, log: Logger) {
    this.#log = log;
    this.#client = new peer.ChaincodeClient(address, credentials, connectOptions);
    this.#stream = this.#client.connect();
    this.#registered.promise.catch(() => undefined); // whoever waits hears it; nobody may be waiting
    this.#stream.on("data", (message: peer.ChaincodeMessage) => {
      this.#receive(message).catch((error: unknown) => this.#end(toError(error)));
    });
    this.#stream.on("error", (error) => this.#end(error));
    this.#stream.on("end", () => this.#end(new Error("EOF")));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves once the chaincode has registered; rejects when it cannot be reached. */
  registered(): Promise<unknown> {
    return this.#registered.promise;
  }

  /** COMPLETED or ERROR, as the chaincode ends its call. @throws Error with Fabric's text */
  async execute(context: TransactionContext, timeoutMs: number): Promise<peer.ChaincodeMessage> {
    const { txId, channelId } = context.proposal;
    if (this.#running.has(txId)) throw new Error(`error sending: txid: ${txId}(${channelId}) exists`);
    const done = Promise.withResolvers<peer.ChaincodeMessage>();
    this.#running.set(txId, { context, done });
    const timer = setTimeout(
      () => done.reject(new Error("error sending: timeout expired while executing transaction")),
      timeoutMs,
    );
    try {
      if (!this.#isOpen) throw new Error(`error sending: ${streamTerminated}`);
      this.#sendTransaction(context);
      return await done.promise;
    } finally {
      clearTimeout(timer);
      this.#running.delete(txId);
    }
  }

  close(): void {
    this.#end(new Error("closed"));
  }

  #sendTransaction({ proposal, input }: TransactionContext): void {
    const message = new peer.ChaincodeMessage();
    message.setType(Type.TRANSACTION);
    message.setTxid(proposal.txId);
    message.setChannelId(proposal.channelId);
    message.setPayload(input.serializeBinary());
    message.setProposal(proposal.signedProposal);
    this.#stream.write(message);
  }

  async #receive(message: peer.ChaincodeMessage): Promise<void> {
    const type = message.getType();
    if (type === Type.KEEPALIVE) return;
    if (type === Type.REGISTER) {
      this.#register(message);
      return;
    }
    if (type === Type.COMPLETED || type === Type.ERROR) {
      this.#running.get(message.getTxid())?.done.resolve(message);
      return;
    }
    const answer = await this.#answer(message);
    if (answer !== undefined && this.#isOpen) this.#stream.write(answer);
  }

  #register(message: peer.ChaincodeMessage): void {
    const id = decode(peer.ChaincodeID, "ChaincodeID", message.getPayload_asU8()).getName();
    if (id === "") {
      this.#end(new Error("error in handling register chaincode, chaincodeID name is empty"));
      return;
    }
    for (const type of [Type.REGISTERED, Type.READY]) {
      const answer = new peer.ChaincodeMessage();
      answer.setType(type);
      this.#stream.write(answer);
    }
    this.#log.info("chaincode registered", { chaincodeId: id });
    this.#registered.resolve(undefined);
  }

  async #answer(message: peer.ChaincodeMessage): Promise<peer.ChaincodeMessage | undefined> {
    const handler = messageHandlers.get(message.getType());
    if (handler === undefined) {
      this.#end(
        new Error(`Fabric side handler cannot handle message (${message.getType()}) while in ready state`),
      );
      return undefined;
    }
    const answer = new peer.ChaincodeMessage();
    answer.setTxid(message.getTxid());
    answer.setChannelId(message.getChannelId());
    try {
      const running = this.#running.get(message.getTxid());
      if (running === undefined) throw new Error("no ledger context");
      answer.setPayload(await handler(message.getPayload_asU8(), running.context));
      answer.setType(Type.RESPONSE);
    } catch (error) {
      answer.setPayload(
        Buffer.from(`${nameOf(message)} failed: transaction ID: ${message.getTxid()}: ${messageOf(error)}`),
      );
      answer.setType(Type.ERROR);
    }
    return answer;
  }

  #end(error: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#log.info("chaincode stream ended", { reason: error.message });
    this.#registered.reject(error);
    for (const { done } of this.#running.values())
      done.reject(new Error(`error sending: ${streamTerminated}`));
    this.#stream.cancel();
    this.#client.close();
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function nameOf(message: peer.ChaincodeMessage): string {
  const found = Object.entries(Type).find(([, value]) => value === message.getType());
  return found?.[0] ?? String(message.getType());
}
