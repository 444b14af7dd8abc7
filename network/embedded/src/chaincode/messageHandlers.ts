import { peer } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import type { Simulation } from "./simulation.ts";

/** Answers one request of a chaincode. What it throws goes back as Fabric words it: `<TYPE> failed: transaction ID: …`. */
type MessageHandler = (
  payload: Uint8Array,
  simulation: Simulation,
  channelId: string,
) => Uint8Array | Promise<Uint8Array>;

const { Type } = peer.ChaincodeMessage;
const nothing = new Uint8Array();

/** The requests that a peer knows. Not yet built ones are refused as a Fabric peer refuses what its channel lacks. */
export const messageHandlers: ReadonlyMap<number, MessageHandler> = new Map<number, MessageHandler>([
  [Type.GET_STATE, getState],
  [Type.PUT_STATE, putState],
  [Type.DEL_STATE, delState],
  [Type.GET_STATE_BY_RANGE, getStateByRange],
  [Type.QUERY_STATE_NEXT, queryStateNext],
  [Type.QUERY_STATE_CLOSE, queryStateClose],
  [Type.GET_QUERY_RESULT, getQueryResult],
  [Type.GET_HISTORY_FOR_KEY, () => refuse("history database is not enabled")],
  [Type.GET_STATE_METADATA, refuseMetadata],
  [Type.PUT_STATE_METADATA, refuseMetadata],
  [Type.GET_PRIVATE_DATA_HASH, refusePrivateDataHash],
  [Type.PURGE_PRIVATE_DATA, refusePurge],
  [Type.INVOKE_CHAINCODE, invokeChaincode],
]);

function getState(payload: Uint8Array, simulation: Simulation, channelId: string): Uint8Array {
  const request = decode(peer.GetState, "GetState", payload);
  refuseCollection(request.getCollection(), simulation, channelId);
  return simulation.get(request.getKey());
}

function putState(payload: Uint8Array, simulation: Simulation, channelId: string): Uint8Array {
  const request = decode(peer.PutState, "PutState", payload);
  refuseCollection(request.getCollection(), simulation, channelId);
  simulation.put(request.getKey(), request.getValue_asU8());
  return nothing;
}

function delState(payload: Uint8Array, simulation: Simulation, channelId: string): Uint8Array {
  const request = decode(peer.DelState, "DelState", payload);
  refuseCollection(request.getCollection(), simulation, channelId);
  simulation.put(request.getKey(), nothing);
  return nothing;
}

async function getStateByRange(
  payload: Uint8Array,
  simulation: Simulation,
  channelId: string,
): Promise<Uint8Array> {
  const request = decode(peer.GetStateByRange, "GetStateByRange", payload);
  refuseCollection(request.getCollection(), simulation, channelId);
  const metadata = decode(peer.QueryMetadata, "QueryMetadata", request.getMetadata_asU8());
  const isPaginated = metadata.getPagesize() !== 0 || metadata.getBookmark() !== "";
  const start = metadata.getBookmark() === "" ? request.getStartkey() : metadata.getBookmark();
  const pageSize = isPaginated ? metadata.getPagesize() : undefined;
  const { id, query } = simulation.openQuery(start, request.getEndkey(), pageSize);
  return sendBatch(id, await query.next(), simulation);
}

async function queryStateNext(payload: Uint8Array, simulation: Simulation): Promise<Uint8Array> {
  const id = decode(peer.QueryStateNext, "QueryStateNext", payload).getId();
  const query = simulation.query(id);
  if (query === undefined) throw new Error("query iterator not found");
  return sendBatch(id, await query.next(), simulation);
}

async function sendBatch(
  id: string,
  response: peer.QueryResponse,
  simulation: Simulation,
): Promise<Uint8Array> {
  if (!response.getHasMore()) await simulation.closeQuery(id);
  return response.serializeBinary();
}

async function queryStateClose(payload: Uint8Array, simulation: Simulation): Promise<Uint8Array> {
  const id = decode(peer.QueryStateClose, "QueryStateClose", payload).getId();
  await simulation.closeQuery(id);
  const response = new peer.QueryResponse();
  response.setId(id);
  return response.serializeBinary();
}

function getQueryResult(payload: Uint8Array, simulation: Simulation, channelId: string): never {
  const request = decode(peer.GetQueryResult, "GetQueryResult", payload);
  refuseCollection(request.getCollection(), simulation, channelId);
  const metadata = decode(peer.QueryMetadata, "QueryMetadata", request.getMetadata_asU8());
  const isPaginated = metadata.getPagesize() !== 0 || metadata.getBookmark() !== "";
  return refuse(`${isPaginated ? "ExecuteQueryWithMetadata" : "ExecuteQuery"} not supported for leveldb`);
}

function invokeChaincode(payload: Uint8Array, _simulation: Simulation, channelId: string): never {
  const spec = decode(peer.ChaincodeSpec, "ChaincodeSpec", payload);
  const [name = "", channel = channelId] = (spec.getChaincodeId()?.getName() ?? "").split("/", 2);
  if (channel !== channelId) return refuse(`failed to find ledger for channel: ${channel}`);
  return refuse(
    `execute failed: invalid invocation: [channel ${channel}] failed to get chaincode container info for ${name}: ` +
      `chaincode ${name} not found`,
  );
}

function refuseCollection(collection: string, simulation: Simulation, channelId: string): void {
  if (collection !== "")
    refuse(`collection ${channelId}/${simulation.namespace}/${collection} could not be found`);
}

function refusePrivateDataHash(payload: Uint8Array, simulation: Simulation): never {
  const { namespace } = simulation;
  const collection = decode(peer.GetState, "GetState", payload).getCollection();
  return refuse(
    `collection [${collection}] not defined in the collection config for chaincode [${namespace}]`,
  );
}

function refusePurge(): never {
  return refuse(
    "purge private data is not enabled, channel application capability of V2_5 or later is required",
  );
}

function refuseMetadata(): never {
  return refuse(
    "key level endorsement is not enabled, channel application capability of V1_3 or later is required",
  );
}

function refuse(text: string): never {
  throw new Error(text);
}
