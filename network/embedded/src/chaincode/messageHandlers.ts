import { peer } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import { readableCollection, writableCollection } from "./collectionAccess.ts";
import { invokeChaincode } from "./invokeHandler.ts";
import {
  getHistoryForKey,
  getQueryResult,
  getStateByRange,
  queryStateClose,
  queryStateNext,
} from "./queryHandlers.ts";
import type { TransactionContext } from "./transactionContext.ts";

/** Answers one request of a chaincode. What it throws goes back as Fabric words it: `<TYPE> failed: transaction ID: …`. */
type MessageHandler = (payload: Uint8Array, context: TransactionContext) => Uint8Array | Promise<Uint8Array>;

const { Type } = peer.ChaincodeMessage;
const nothing = new Uint8Array();

/** The requests that a peer knows. Fabric: core/chaincode/handler.go. */
export const messageHandlers: ReadonlyMap<number, MessageHandler> = new Map<number, MessageHandler>([
  [Type.GET_STATE, getState],
  [Type.PUT_STATE, putState],
  [Type.DEL_STATE, delState],
  [Type.GET_STATE_BY_RANGE, getStateByRange],
  [Type.QUERY_STATE_NEXT, queryStateNext],
  [Type.QUERY_STATE_CLOSE, queryStateClose],
  [Type.GET_QUERY_RESULT, getQueryResult],
  [Type.GET_HISTORY_FOR_KEY, getHistoryForKey],
  [Type.GET_STATE_METADATA, getStateMetadata],
  [Type.PUT_STATE_METADATA, refuseMetadata],
  [Type.GET_PRIVATE_DATA_HASH, getPrivateDataHash],
  [Type.PURGE_PRIVATE_DATA, purgePrivateData],
  [Type.INVOKE_CHAINCODE, invokeChaincode],
]);

function getState(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.GetState, "GetState", payload);
  const { namespace, simulation } = context;
  const [collection, key] = [request.getCollection(), request.getKey()];
  if (collection === "") return simulation.get(namespace, key);
  return simulation.privateData.get(readableCollection(context, collection), key);
}

function putState(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.PutState, "PutState", payload);
  return write(context, request, request.getValue_asU8());
}

function delState(payload: Uint8Array, context: TransactionContext): Uint8Array {
  return write(context, decode(peer.DelState, "DelState", payload), nothing);
}

function write(
  context: TransactionContext,
  request: { getCollection(): string; getKey(): string },
  value: Uint8Array,
): Uint8Array {
  const { namespace, simulation } = context;
  const [collection, key] = [request.getCollection(), request.getKey()];
  if (collection === "") simulation.put(namespace, key, value);
  else simulation.privateData.put(writableCollection(context, collection), key, value);
  return nothing;
}

/** Needs no right to read: the hashes are in every block. */
function getPrivateDataHash(payload: Uint8Array, { namespace, simulation }: TransactionContext): Uint8Array {
  const request = decode(peer.GetState, "GetState", payload);
  return simulation.privateData.getHash({ namespace, name: request.getCollection() }, request.getKey());
}

function purgePrivateData(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.PurgePrivateState, "PurgePrivateState", payload);
  if (request.getCollection() === "") throw new Error("only applicable for private data");
  const id = writableCollection(context, request.getCollection());
  context.simulation.privateData.purge(id, request.getKey());
  return nothing;
}

/** No key has any; as in Fabric, that is a read of the key all the same. */
function getStateMetadata(payload: Uint8Array, context: TransactionContext): Uint8Array {
  const request = decode(peer.GetStateMetadata, "GetStateMetadata", payload);
  const { namespace, simulation } = context;
  const [collection, key] = [request.getCollection(), request.getKey()];
  if (collection === "") simulation.get(namespace, key);
  else simulation.privateData.getHash(readableCollection(context, collection), key);
  return new peer.StateMetadataResult().serializeBinary();
}

/** A key's own policy would replace the chaincode's: a few could then rewrite what needs the channel's quorum. */
function refuseMetadata(): never {
  throw new Error("key level endorsement is not enabled: this ledger's keys have no policies of their own");
}
