import { peer } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import type { TransactionContext } from "./transactionContext.ts";

/** Answers one request of a chaincode. What it throws goes back as Fabric words it: `<TYPE> failed: transaction ID: …`. */
type MessageHandler = (payload: Uint8Array, context: TransactionContext) => Uint8Array | Promise<Uint8Array>;

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
  [Type.GET_HISTORY_FOR_KEY, getHistoryForKey],
  [Type.GET_STATE_METADATA, refuseMetadata],
  [Type.PUT_STATE_METADATA, refuseMetadata],
  [Type.GET_PRIVATE_DATA_HASH, refusePrivateDataHash],
  [Type.PURGE_PRIVATE_DATA, refusePurge],
  [Type.INVOKE_CHAINCODE, invokeChaincode],
]);

function getState(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.GetState, "GetState", payload);
  refuseCollection(request.getCollection(), context);
  return context.simulation.get(context.namespace, request.getKey());
}

function putState(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.PutState, "PutState", payload);
  refuseCollection(request.getCollection(), context);
  context.simulation.put(context.namespace, request.getKey(), request.getValue_asU8());
  return nothing;
}

function delState(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.DelState, "DelState", payload);
  refuseCollection(request.getCollection(), context);
  context.simulation.put(context.namespace, request.getKey(), nothing);
  return nothing;
}

async function getStateByRange(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const request = decode(peer.GetStateByRange, "GetStateByRange", payload);
  const { namespace, simulation } = context;
  const [start, end] = [request.getStartkey(), request.getEndkey()];
  refuseCollection(request.getCollection(), context);
  const page = pageOf(request);
  const response =
    page === undefined
      ? await context.query(() => simulation.range(namespace, start, end))
      : await context.query(() => simulation.page(namespace, page.bookmark || start, end), page.size);
  return response.serializeBinary();
}

interface Page {
  readonly size: number;
  readonly bookmark: string;
}

/** Undefined without pagination. */
function pageOf(request: { getMetadata_asU8(): Uint8Array }): Page | undefined {
  const metadata = decode(peer.QueryMetadata, "QueryMetadata", request.getMetadata_asU8());
  const page = { size: metadata.getPagesize(), bookmark: metadata.getBookmark() };
  return page.size === 0 && page.bookmark === "" ? undefined : page;
}

async function queryStateNext(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const id = decode(peer.QueryStateNext, "QueryStateNext", payload).getId();
  return (await context.queryNext(id)).serializeBinary();
}

async function queryStateClose(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const id = decode(peer.QueryStateClose, "QueryStateClose", payload).getId();
  await context.queryClose(id);
  const response = new peer.QueryResponse();
  response.setId(id);
  return response.serializeBinary();
}

function getQueryResult(payload: Uint8Array, context: TransactionContext): never {
  const request = decode(peer.GetQueryResult, "GetQueryResult", payload);
  refuseCollection(request.getCollection(), context);
  const isPaginated = pageOf(request) !== undefined;
  return refuse(`${isPaginated ? "ExecuteQueryWithMetadata" : "ExecuteQuery"} not supported for leveldb`);
}

async function getHistoryForKey(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const key = decode(peer.GetHistoryForKey, "GetHistoryForKey", payload).getKey();
  const { namespace, simulation } = context;
  return (await context.query(() => simulation.history(namespace, key))).serializeBinary();
}

function invokeChaincode(payload: Uint8Array, { proposal: { channelId } }: TransactionContext): never {
  const spec = decode(peer.ChaincodeSpec, "ChaincodeSpec", payload);
  const [name = "", channel = channelId] = (spec.getChaincodeId()?.getName() ?? "").split("/", 2);
  if (channel !== channelId) return refuse(`failed to find ledger for channel: ${channel}`);
  return refuse(
    `execute failed: invalid invocation: [channel ${channel}] failed to get chaincode container info for ${name}: ` +
      `chaincode ${name} not found`,
  );
}

function refuseCollection(collection: string, { namespace, proposal }: TransactionContext): void {
  if (collection !== "")
    refuse(`collection ${proposal.channelId}/${namespace}/${collection} could not be found`);
}

function refusePrivateDataHash(payload: Uint8Array, { namespace }: TransactionContext): never {
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
