import { peer } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import { readableCollection } from "./collectionAccess.ts";
import type { TransactionContext } from "./transactionContext.ts";

/** Fabric: core/chaincode/handler.go, HandleGetStateByRange. */
export async function getStateByRange(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const request = decode(peer.GetStateByRange, "GetStateByRange", payload);
  const response = await openRange(request, context);
  return response.serializeBinary();
}

type RangeRequest = InstanceType<typeof peer.GetStateByRange>;

async function openRange(request: RangeRequest, context: TransactionContext): Promise<peer.QueryResponse> {
  const { namespace, simulation } = context;
  const [start, end] = [request.getStartkey(), request.getEndkey()];
  if (request.getCollection() !== "") {
    const id = readableCollection(context, request.getCollection());
    return context.query(() => simulation.privateData.range(id, start, end));
  }
  const page = pageOf(request);
  if (page === undefined) return context.query(() => simulation.range(namespace, start, end));
  return context.query(() => simulation.page(namespace, page.bookmark || start, end), page.size);
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

export async function queryStateNext(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const id = decode(peer.QueryStateNext, "QueryStateNext", payload).getId();
  return (await context.queryNext(id)).serializeBinary();
}

export async function queryStateClose(payload: Uint8Array, context: TransactionContext): Promise<Uint8Array> {
  const id = decode(peer.QueryStateClose, "QueryStateClose", payload).getId();
  await context.queryClose(id);
  const response = new peer.QueryResponse();
  response.setId(id);
  return response.serializeBinary();
}

/** What LevelDB cannot answer is refused, after all that Fabric refuses first. @throws Error with Fabric's text */
export function getQueryResult(payload: Uint8Array, context: TransactionContext): never {
  const request = decode(peer.GetQueryResult, "GetQueryResult", payload);
  const { guard } = context.simulation;
  const isPaginated = pageOf(request) !== undefined;
  if (request.getCollection() !== "") {
    readableCollection(context, request.getCollection());
    guard.beginPrivateQuery();
  } else if (isPaginated) {
    guard.beginPage();
    throw new Error("ExecuteQueryWithMetadata not supported for leveldb");
  }
  throw new Error("ExecuteQuery not supported for leveldb");
}

/** Fabric: core/chaincode/handler.go, HandleGetHistoryForKey. */
export async function getHistoryForKey(
  payload: Uint8Array,
  context: TransactionContext,
): Promise<Uint8Array> {
  const key = decode(peer.GetHistoryForKey, "GetHistoryForKey", payload).getKey();
  const { namespace, simulation } = context;
  return (await context.query(() => simulation.history(namespace, key))).serializeBinary();
}
