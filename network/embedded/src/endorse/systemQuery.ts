import { common, peer } from "@hyperledger/fabric-protos";
import type { LedgerStore } from "../store/ledgerStore.ts";

type Query = (argument: Uint8Array, store: LedgerStore) => peer.Response;

const queries: ReadonlyMap<string, Query> = new Map<string, Query>([
  ["GetChainInfo", (_, store) => success(chainInfo(store))],
  ["GetBlockByNumber", (argument, store) => blockByNumber(text(argument), store)],
  ["GetBlockByHash", blockByHash],
  ["GetBlockByTxID", (argument, store) => blockByTransaction(text(argument), store)],
  ["GetTransactionByID", (argument, store) => transactionById(text(argument), store)],
]);

export interface SystemQueryDeps {
  readonly channel: string;
  readonly store: LedgerStore;
  /** Why the caller may not read the channel; undefined when it may. */
  readonly readerRefusal: string | undefined;
}

/** Fabric: core/scc/qscc/query.go. The error texts are its. */
export function systemQuery(args: readonly Uint8Array[], deps: SystemQueryDeps): peer.Response {
  const { channel, store } = deps;
  const [first, second, argument] = args;
  if (first === undefined || second === undefined)
    return failure(`Incorrect number of arguments, ${args.length}`);
  const name = text(first);
  if (name !== "GetChainInfo" && argument === undefined) return failure(`missing 3rd argument for ${name}`);
  if (text(second) !== channel) return failure(`Invalid chain ID, ${text(second)}`);
  const query = queries.get(name);
  const denied = query === undefined ? `Unmapped policy for qscc/${name}` : deps.readerRefusal;
  if (query === undefined || denied !== undefined)
    return failure(`access denied for [${name}][${channel}]: [${denied}]`);
  return query(argument ?? new Uint8Array(), store);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function chainInfo(store: LedgerStore): Uint8Array {
  const { height, hash } = store.tip;
  const info = new common.BlockchainInfo();
  info.setHeight(height);
  info.setCurrentblockhash(hash);
  info.setPreviousblockhash(
    store
      .getBlock(height - 1)
      ?.getHeader()
      ?.getPreviousHash_asU8() ?? new Uint8Array(),
  );
  return info.serializeBinary();
}

function blockByNumber(argument: string, store: LedgerStore): peer.Response {
  if (!/^\d{1,15}$/.test(argument)) {
    return failure(
      `Failed to parse block number with error strconv.ParseUint: parsing "${argument}": invalid syntax`,
    );
  }
  const block = store.getBlock(Number(argument));
  if (block !== undefined) return success(block.serializeBinary());
  return failure(`Failed to get block number ${argument}, error no such block number [${argument}] in index`);
}

function blockByHash(hash: Uint8Array, store: LedgerStore): peer.Response {
  const number = store.getBlockNumberByHash(hash);
  const block = number === undefined ? undefined : store.getBlock(number);
  if (block !== undefined) return success(block.serializeBinary());
  const hex = Buffer.from(hash).toString("hex");
  return failure(
    `Failed to get block hash ${Buffer.from(hash).toString()}, error no such block hash [${hex}] in index`,
  );
}

function blockByTransaction(txId: string, store: LedgerStore): peer.Response {
  const entry = store.getTransaction(txId);
  const block = entry && store.getBlock(entry.block);
  if (block !== undefined) return success(block.serializeBinary());
  return failure(`Failed to get block for txID ${txId}, error no such transaction ID [${txId}] in index`);
}

function transactionById(txId: string, store: LedgerStore): peer.Response {
  const entry = store.getTransaction(txId);
  const envelope = entry && store.getBlock(entry.block)?.getData()?.getDataList_asU8()[entry.index];
  if (entry === undefined || envelope === undefined) {
    return failure(
      `Failed to get transaction with id ${txId}, error no such transaction ID [${txId}] in index`,
    );
  }
  const processed = new peer.ProcessedTransaction();
  processed.setTransactionenvelope(common.Envelope.deserializeBinary(envelope));
  processed.setValidationcode(entry.code);
  return success(processed.serializeBinary());
}

function success(payload: Uint8Array): peer.Response {
  const response = new peer.Response();
  response.setStatus(200);
  response.setPayload(payload);
  return response;
}

function failure(message: string): peer.Response {
  const response = new peer.Response();
  response.setStatus(500);
  response.setMessage(message);
  return response;
}
