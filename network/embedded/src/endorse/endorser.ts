import type { KeyObject } from "node:crypto";
import { peer } from "@hyperledger/fabric-protos";
import type { ChaincodeLauncher } from "../chaincode/chaincodeLauncher.ts";
import { ChaincodeSupport } from "../chaincode/chaincodeSupport.ts";
import { Simulation } from "../chaincode/simulation.ts";
import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import { systemChaincode } from "../definition/systemChaincode.ts";
import { signBytes } from "../identity/signature.ts";
import type { StateSnapshot } from "../store/ledgerStore.ts";
import { messageOf } from "../wire/decode.ts";
import type { UnpackedProposal } from "../wire/proposal.ts";
import type { Outcome } from "./outcome.ts";
import { doorRefusal, type ProposalCheckDeps, proposalRefusal } from "./proposalCheck.ts";
import { systemQuery } from "./systemQuery.ts";

/** The version of the one chaincode definition; Fabric demands that it is not empty. */
export const chaincodeVersion = "1.0";

export interface EndorserOptions {
  readonly mspId: string;
  readonly channel: string;
  readonly timeWindowMs: number;
}

export interface EndorserDeps extends ProposalCheckDeps {
  /** msp.SerializedIdentity of the member's peer. */
  readonly identity: Uint8Array;
  readonly key: KeyObject;
  /** By chaincode. */
  readonly launchers: ReadonlyMap<string, ChaincodeLauncher>;
  readonly definitions: ChaincodeDefinitions;
}

/** One member's endorsing peer. Fabric: core/endorser/endorser.go. */
export class Endorser {
  readonly mspId: string;
  readonly #options: EndorserOptions;
  readonly #deps: EndorserDeps;
  readonly #support: ChaincodeSupport;

  constructor(options: EndorserOptions, deps: EndorserDeps) {
    this.mspId = options.mspId;
    this.#options = options;
    this.#deps = deps;
    this.#support = new ChaincodeSupport({
      launchers: deps.launchers,
      querySystem: ({ proposal, input }) => this.#systemResponse(proposal, input),
    });
  }

  async process(proposal: UnpackedProposal, snapshot: StateSnapshot): Promise<Outcome> {
    const atDoor = doorRefusal(proposal, this.#options.timeWindowMs, this.#deps);
    if (atDoor !== undefined) return { kind: "unavailable", message: atDoor };
    if (proposal.channelId !== this.#options.channel) {
      return { kind: "peerError", message: `channel '${proposal.channelId}' not found` };
    }
    const refusal = proposalRefusal(proposal, this.#deps);
    if (refusal !== undefined) return { kind: "refused", message: refusal };
    const { chaincodeName } = proposal;
    if (chaincodeName === systemChaincode) return this.#querySystem(proposal, snapshot);
    if (!this.#deps.definitions.has(chaincodeName)) {
      const message =
        `make sure the chaincode ${chaincodeName} has been successfully defined on channel ${proposal.channelId} ` +
        `and try again: chaincode ${chaincodeName} not found`;
      return { kind: "peerError", message };
    }
    return this.#simulate(proposal, snapshot);
  }

  #querySystem(proposal: UnpackedProposal, snapshot: StateSnapshot): Outcome {
    const response = this.#systemResponse(proposal, proposal.input);
    if (response.getStatus() !== 200) return { kind: "chaincodeError", response };
    return this.#endorse(proposal, this.#simulation(proposal, snapshot), response, undefined);
  }

  #systemResponse({ creator }: UnpackedProposal, input: peer.ChaincodeInput): peer.Response {
    const { policy, msps, store } = this.#deps;
    const { channel } = this.#options;
    const readerRefusal = policy.refusalOf(channel, "Readers", msps.resolve(creator));
    return systemQuery(input.getArgsList_asU8(), { channel, store, readerRefusal });
  }

  async #simulate(proposal: UnpackedProposal, snapshot: StateSnapshot): Promise<Outcome> {
    const simulation = this.#simulation(proposal, snapshot);
    let result;
    try {
      result = await this.#support.execute(proposal, simulation);
    } catch (error) {
      return { kind: "peerError", message: `error in simulation: ${messageOf(error)}` };
    }
    const status = result.response.getStatus();
    if (status < 200 || status >= 400) return { kind: "chaincodeError", response: result.response };
    return this.#endorse(proposal, simulation, result.response, result.event);
  }

  #simulation({ txId }: UnpackedProposal, snapshot: StateSnapshot): Simulation {
    const { store, definitions } = this.#deps;
    return new Simulation({ txId, mspId: this.mspId }, { store, snapshot, definitions });
  }

  #endorse(
    proposal: UnpackedProposal,
    simulation: Simulation,
    response: peer.Response,
    event: peer.ChaincodeEvent | undefined,
  ): Outcome {
    const { results, privateResults } = simulation.readWriteSet.encode();
    const chaincodeId = new peer.ChaincodeID();
    chaincodeId.setName(proposal.chaincodeName);
    chaincodeId.setVersion(chaincodeVersion);
    const action = new peer.ChaincodeAction();
    action.setResults(results);
    action.setResponse(response);
    action.setChaincodeId(chaincodeId);
    if (event !== undefined) action.setEvents(event.serializeBinary());
    const responsePayload = new peer.ProposalResponsePayload();
    responsePayload.setProposalHash(proposal.proposalHash);
    responsePayload.setExtension$(action.serializeBinary());
    const payload = responsePayload.serializeBinary();

    const { identity, key } = this.#deps;
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(identity);
    endorsement.setSignature(signBytes(key, Buffer.concat([payload, identity])));
    const { collectionsRead, collectionsWritten } = simulation.privateData;
    const privateData = { results: privateResults, collectionsRead, collectionsWritten };
    return { kind: "endorsed", response, payload, endorsement, privateData };
  }
}
