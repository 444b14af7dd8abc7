import { peer } from "@hyperledger/fabric-protos";
import { systemChaincode } from "../definition/systemChaincode.ts";
import { decode, messageOf } from "../wire/decode.ts";
import type { TransactionContext } from "./transactionContext.ts";

/**
 * Calls another chaincode within the same transaction; its event is dropped, as in Fabric.
 * Fabric: core/chaincode/handler.go, HandleInvokeChaincode.
 * @throws Error with Fabric's text, also for another channel: this ledger has only one
 */
export async function invokeChaincode(
  payload: Uint8Array,
  { support, proposal, simulation }: TransactionContext,
): Promise<Uint8Array> {
  const spec = decode(peer.ChaincodeSpec, "ChaincodeSpec", payload);
  const target = parseName(spec.getChaincodeId()?.getName() ?? "");
  const channel = target.channel || proposal.channelId;
  if (channel !== proposal.channelId) throw otherChannel(channel, target.name);
  const input = spec.getInput() ?? new peer.ChaincodeInput();
  try {
    const answer = await support.invoke({ chaincodeName: target.name, input, proposal, simulation });
    return answer.serializeBinary();
  } catch (cause) {
    throw new Error(`execute failed: ${messageOf(cause)}`, { cause });
  }
}

/** The right to call is asked first, and of an application's chaincode only. */
function otherChannel(channel: string, name: string): Error {
  if (name === systemChaincode) return new Error(`failed to find ledger for channel: ${channel}`);
  return new Error(`Failed to get policy manager for channel [${channel}]`);
}

/** "name:version/channel", of which the version is not looked at. */
function parseName(text: string): { name: string; channel: string } {
  const slash = text.indexOf("/");
  const [name = ""] = (slash < 0 ? text : text.slice(0, slash)).split(":", 1);
  return { name, channel: slash < 0 ? "" : text.slice(slash + 1) };
}
