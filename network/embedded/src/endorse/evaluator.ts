import { status } from "@grpc/grpc-js";
import type { peer } from "@hyperledger/fabric-protos";
import type { LedgerStore } from "../store/ledgerStore.ts";
import { type ErrorDetail, RpcError } from "../wire/rpcError.ts";
import type { UnpackedProposal } from "../wire/proposal.ts";
import { type EndorsingMember, fromAfar, shuffled } from "./endorsementCollector.ts";
import { failureStatus } from "./outcome.ts";

export interface EvaluatorOptions {
  readonly endorsementTimeoutMs: number;
}

/** Runs a proposal on one member, its own first; another is asked only when a peer, not the chaincode, failed. */
export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #members: readonly EndorsingMember[];
  readonly #store: LedgerStore;

  constructor(options: EvaluatorOptions, members: readonly EndorsingMember[], store: LedgerStore) {
    this.#options = options;
    this.#members = members;
    this.#store = store;
  }

  /**
   * @param targets MSP ids that may see the proposal; all when empty
   * @throws RpcError as Fabric's gateway
   */
  async evaluate(
    proposal: UnpackedProposal,
    own: EndorsingMember,
    targets: readonly string[],
    isTransientProtected: boolean,
  ): Promise<peer.Response> {
    const candidates = this.#candidates(own, targets);
    if (candidates.length === 0) throw nobody(proposal, isTransientProtected);
    const snapshot = this.#store.snapshot();
    try {
      const details: ErrorDetail[] = [];
      for (const member of candidates) {
        const running = member.endorser.process(proposal, snapshot);
        const outcome = await (member === own
          ? running
          : fromAfar(running, this.#options.endorsementTimeoutMs));
        if (outcome.kind === "endorsed") return outcome.response;
        const { code, message, retry } = failureStatus(outcome);
        details.push({ address: member.address, mspId: member.mspId, message });
        if (!retry) throw new RpcError(code, `evaluate call to endorser returned error: ${message}`, details);
        if (member === candidates.at(-1)) {
          throw new RpcError(
            code,
            "failed to evaluate transaction, see attached details for more info",
            details,
          );
        }
      }
      throw nobody(proposal, false);
    } finally {
      void snapshot.close();
    }
  }

  #candidates(own: EndorsingMember, targets: readonly string[]): EndorsingMember[] {
    const all = [own, ...shuffled(this.#members.filter((member) => member !== own))];
    return targets.length === 0 ? all : all.filter((member) => targets.includes(member.mspId));
  }
}

function nobody(proposal: UnpackedProposal, isTransientProtected: boolean): RpcError {
  const text = `no peers available to evaluate chaincode ${proposal.chaincodeName} in channel ${proposal.channelId}`;
  const hint =
    "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data";
  return new RpcError(status.FAILED_PRECONDITION, isTransientProtected ? `${hint}: ${text}` : text);
}
