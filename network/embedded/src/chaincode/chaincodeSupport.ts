import { peer } from "@hyperledger/fabric-protos";
import { systemChaincode } from "../definition/systemChaincode.ts";
import { decode, messageOf } from "../wire/decode.ts";
import type { UnpackedProposal } from "../wire/proposal.ts";
import type { ChaincodeLauncher } from "./chaincodeLauncher.ts";
import type { Simulation } from "./simulation.ts";
import { TransactionContext } from "./transactionContext.ts";

const { Type } = peer.ChaincodeMessage;

export interface ChaincodeResult {
  readonly response: peer.Response;
  readonly event: peer.ChaincodeEvent | undefined;
}

export interface ChaincodeCall {
  readonly chaincodeName: string;
  readonly input: peer.ChaincodeInput;
  readonly proposal: UnpackedProposal;
  readonly simulation: Simulation;
}

export interface ChaincodeSupportDeps {
  /** By chaincode. */
  readonly launchers: ReadonlyMap<string, Pick<ChaincodeLauncher, "invoke">>;
  /** What the system chaincode answers to a chaincode that calls it. */
  readonly querySystem: (call: ChaincodeCall) => peer.Response;
}

/** One member's chaincodes. Fabric: core/chaincode/chaincode_support.go. */
export class ChaincodeSupport {
  readonly #deps: ChaincodeSupportDeps;

  constructor(deps: ChaincodeSupportDeps) {
    this.#deps = deps;
  }

  /** What the proposal asks for. @throws Error with Fabric's text */
  async execute(proposal: UnpackedProposal, simulation: Simulation): Promise<ChaincodeResult> {
    const { chaincodeName, input, txId } = proposal;
    let message;
    try {
      message = await this.invoke({ chaincodeName, input, proposal, simulation });
    } catch (cause) {
      throw new Error(`failed to execute transaction ${txId}: ${messageOf(cause)}`, { cause });
    }
    return resultOf(message, proposal);
  }

  /** One call, of the proposal or of another chaincode, within the same simulation. @throws Error with Fabric's text */
  async invoke(call: ChaincodeCall): Promise<peer.ChaincodeMessage> {
    const { chaincodeName, proposal } = call;
    if (chaincodeName === systemChaincode) return completed(this.#deps.querySystem(call));
    const launcher = this.#deps.launchers.get(chaincodeName);
    if (launcher === undefined) {
      throw new Error(
        `invalid invocation: [channel ${proposal.channelId}] failed to get chaincode container info for ` +
          `${chaincodeName}: chaincode ${chaincodeName} not found`,
      );
    }
    const context = new TransactionContext(call, this);
    try {
      return await launcher.invoke(context);
    } finally {
      await context.close();
    }
  }
}

function completed(response: peer.Response): peer.ChaincodeMessage {
  const message = new peer.ChaincodeMessage();
  message.setType(Type.COMPLETED);
  message.setPayload(response.serializeBinary());
  return message;
}

/** Fabric: core/chaincode/chaincode_support.go, processChaincodeExecutionResult. */
function resultOf(
  message: peer.ChaincodeMessage,
  { txId, chaincodeName }: UnpackedProposal,
): ChaincodeResult {
  if (message.getType() === Type.ERROR) {
    throw new Error(
      `transaction returned with failure: ${Buffer.from(message.getPayload_asU8()).toString()}`,
    );
  }
  const event = message.getChaincodeEvent();
  event?.setTxId(txId);
  event?.setChaincodeId(chaincodeName);
  return { response: responseOf(message, txId), event };
}

function responseOf(message: peer.ChaincodeMessage, txId: string): peer.Response {
  try {
    return decode(peer.Response, "Response", message.getPayload_asU8());
  } catch (cause) {
    throw new Error(`failed to unmarshal response for transaction ${txId}: ${messageOf(cause)}`, { cause });
  }
}
