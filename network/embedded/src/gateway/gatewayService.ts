import { status } from "@grpc/grpc-js";
import { gateway, type peer } from "@hyperledger/fabric-protos";
import type { CommitNotifier, CommitStatus } from "../commit/commitNotifier.ts";
import type { Orderer } from "../commit/orderer.ts";
import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import type { EndorsementCollector, EndorsingMember } from "../endorse/endorsementCollector.ts";
import type { Evaluator } from "../endorse/evaluator.ts";
import type { ProposalCheckDeps } from "../endorse/proposalCheck.ts";
import { systemChaincode } from "../definition/systemChaincode.ts";
import { messageOf } from "../wire/decode.ts";
import {
  proposalAddress,
  type ProposalAddress,
  unpackProposal,
  type UnpackedProposal,
} from "../wire/proposal.ts";
import { RpcError } from "../wire/rpcError.ts";
import { chaincodeEvents } from "./chaincodeEvents.ts";

export interface GatewayOptions {
  readonly channel: string;
}

export interface GatewayDeps extends ProposalCheckDeps {
  readonly collector: EndorsementCollector;
  readonly evaluator: Evaluator;
  readonly orderer: Orderer;
  readonly notifier: CommitNotifier;
  readonly definitions: ChaincodeDefinitions;
}

/** What one member's peer answers to clients. Fabric: internal/pkg/gateway. Every method throws RpcError only. */
export class GatewayService {
  readonly #options: GatewayOptions;
  readonly #own: EndorsingMember;
  readonly #deps: GatewayDeps;

  constructor(options: GatewayOptions, own: EndorsingMember, deps: GatewayDeps) {
    this.#options = options;
    this.#own = own;
    this.#deps = deps;
  }

  async evaluate(request: gateway.EvaluateRequest): Promise<gateway.EvaluateResponse> {
    const signed = request.getProposedTransaction();
    const prefix = "failed to unpack transaction proposal: ";
    if (signed === undefined || isEmpty(signed))
      throw new RpcError(status.INVALID_ARGUMENT, `${prefix}a signed proposal is required`);
    const { proposal, address } = unpack(signed, prefix);
    this.#requireEvaluable(address, prefix);
    const response = new gateway.EvaluateResponse();
    response.setResult(await this.#evaluate(proposal, address, request.getTargetOrganizationsList()));
    return response;
  }

  async endorse(request: gateway.EndorseRequest): Promise<gateway.EndorseResponse> {
    const signed = request.getProposedTransaction();
    if (signed === undefined || isEmpty(signed)) {
      throw new RpcError(status.INVALID_ARGUMENT, "the proposed transaction must contain a signed proposal");
    }
    const { proposal, address } = unpack(signed, "");
    const { collector } = this.#deps;
    const organizations = request.getEndorsingOrganizationsList();
    const response = new gateway.EndorseResponse();
    if (organizations.length > 0) {
      this.#requireDefined(
        address,
        status.UNAVAILABLE,
        `failed to find any endorsing peers for org(s): ${organizations.join(", ")}`,
      );
      response.setPreparedTransaction(await collector.collectFrom(proposal, organizations, this.#own));
    } else {
      const why = `No metadata was found for chaincode ${address.chaincodeName} in channel ${address.channelId}`;
      const text = `no combination of peers can be derived which satisfy the endorsement policy: ${why}`;
      this.#requireDefined(address, status.FAILED_PRECONDITION, text);
      response.setPreparedTransaction(await collector.collect(proposal, this.#own, address.hasTransient));
    }
    return response;
  }

  submit(request: gateway.SubmitRequest): gateway.SubmitResponse {
    const envelope = request.getPreparedTransaction();
    if (envelope === undefined)
      throw new RpcError(status.INVALID_ARGUMENT, "a prepared transaction is required");
    if (envelope.getSignature_asU8().length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, "prepared transaction must be signed");
    }
    const refusal = this.#deps.orderer.submit(envelope);
    if (refusal === undefined) return new gateway.SubmitResponse();
    const message = `received unsuccessful response from orderer: status=${refusal.status}, info=${refusal.info}`;
    throw new RpcError(
      status.UNAVAILABLE,
      "insufficient number of orderers could successfully process transaction to satisfy quorum requirement",
      [{ address: this.#own.address, mspId: this.#own.mspId, message }],
    );
  }

  async commitStatus(
    signed: gateway.SignedCommitStatusRequest,
    signal: AbortSignal,
  ): Promise<gateway.CommitStatusResponse> {
    const request = decodeRequest(gateway.CommitStatusRequest, signed.getRequest_asU8(), "commit status");
    requireField(request.getIdentity_asU8().length > 0, "no identity provided");
    requireField(request.getChannelId() !== "", "no channel ID provided");
    requireField(request.getTransactionId() !== "", "transaction ID should not be empty");
    this.#requireReader(request, signed);
    const { block, code } = await this.#committed(request.getTransactionId(), signal);
    const response = new gateway.CommitStatusResponse();
    // The generated type wants one of the enum's values; the store holds nothing else.
    response.setResult(code as peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap]);
    response.setBlockNumber(block);
    return response;
  }

  /** Endless until the signal. */
  chaincodeEvents(
    signed: gateway.SignedChaincodeEventsRequest,
    signal: AbortSignal,
  ): AsyncGenerator<gateway.ChaincodeEventsResponse> {
    const request = decodeRequest(
      gateway.ChaincodeEventsRequest,
      signed.getRequest_asU8(),
      "chaincode events",
    );
    this.#requireReader(request, signed);
    return chaincodeEvents(request, this.#deps.store, signal);
  }

  async #evaluate(
    proposal: UnpackedProposal,
    address: ProposalAddress,
    targets: readonly string[],
  ): Promise<peer.Response> {
    const isProtected = address.hasTransient && targets.length === 0;
    const allowed = isProtected ? [this.#own.mspId] : targets;
    return this.#deps.evaluator.evaluate(proposal, this.#own, allowed, isProtected);
  }

  #requireEvaluable({ channelId, chaincodeName }: ProposalAddress, prefix: string): void {
    requireField(channelId !== "", `${prefix}no channel id provided`);
    requireField(chaincodeName !== "", `${prefix}no chaincode name is provided, channel id [${channelId}]`);
    if (channelId !== this.#options.channel) {
      const text = `failed to get config for channel [${channelId}]: could not get last config for channel ${channelId}`;
      throw new RpcError(status.UNAVAILABLE, text);
    }
    if (!this.#deps.definitions.has(chaincodeName) && chaincodeName !== systemChaincode) {
      const text = `no peers available to evaluate chaincode ${chaincodeName} in channel ${channelId}`;
      throw new RpcError(status.FAILED_PRECONDITION, text);
    }
  }

  #requireDefined({ channelId, chaincodeName }: ProposalAddress, code: status, text: string): void {
    const isDefined = channelId === this.#options.channel && this.#deps.definitions.has(chaincodeName);
    if (!isDefined) throw new RpcError(code, text);
  }

  #requireReader(
    request: { getIdentity_asU8(): Uint8Array; getChannelId(): string },
    signed: { getRequest_asU8(): Uint8Array; getSignature_asU8(): Uint8Array },
  ): void {
    const refusal = this.#deps.policy.refusal(request.getChannelId(), "Readers", {
      identity: request.getIdentity_asU8(),
      data: signed.getRequest_asU8(),
      signature: signed.getSignature_asU8(),
    });
    if (refusal !== undefined) throw new RpcError(status.PERMISSION_DENIED, refusal);
  }

  async #committed(txId: string, signal: AbortSignal): Promise<CommitStatus> {
    const entry = this.#deps.store.getTransaction(txId);
    if (entry !== undefined) return entry;
    const waited = Promise.withResolvers<CommitStatus>();
    const leave = this.#deps.notifier.onCommitted(txId, waited.resolve);
    signal.addEventListener(
      "abort",
      () => waited.reject(new RpcError(status.CANCELLED, "context canceled")),
      { once: true },
    );
    try {
      return await waited.promise;
    } finally {
      leave();
    }
  }
}

function isEmpty(signed: peer.SignedProposal): boolean {
  return signed.getProposalBytes_asU8().length === 0;
}

function unpack(
  signed: peer.SignedProposal,
  prefix: string,
): { proposal: UnpackedProposal; address: ProposalAddress } {
  try {
    return { proposal: unpackProposal(signed), address: proposalAddress(signed) };
  } catch (error) {
    throw new RpcError(status.INVALID_ARGUMENT, `${prefix}${messageOf(error)}`);
  }
}

function decodeRequest<T>(
  type: { deserializeBinary(bytes: Uint8Array): T },
  bytes: Uint8Array,
  what: string,
): T {
  requireField(bytes.length > 0, `a ${what} request is required`);
  try {
    return type.deserializeBinary(bytes);
  } catch {
    const kind = what === "commit status" ? "status" : what;
    throw new RpcError(
      status.INVALID_ARGUMENT,
      `invalid ${kind} request: proto: cannot parse invalid wire-format data`,
    );
  }
}

function requireField(isThere: boolean, message: string): void {
  if (!isThere) throw new RpcError(status.INVALID_ARGUMENT, message);
}
