import { status } from "@grpc/grpc-js";
import { type common, gateway, orderer, type peer } from "@hyperledger/fabric-protos";
import { committedTransaction, eventOf } from "../commit/transactionParts.ts";
import { transactionsOf, validationCodes } from "../store/block.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import { RpcError } from "../wire/rpcError.ts";
import { blocksFrom } from "./blockFeed.ts";

/**
 * The events of one chaincode, a response for each block that has some.
 * Fabric: internal/pkg/gateway/chaincodeevents.go.
 * @throws RpcError for a start position that isn't one
 */
export async function* chaincodeEvents(
  request: gateway.ChaincodeEventsRequest,
  store: LedgerStore,
  signal: AbortSignal,
): AsyncGenerator<gateway.ChaincodeEventsResponse> {
  const isWanted = eventMatcher(request);
  for await (const { number, block } of blocksFrom(startBlock(request, store), store, signal)) {
    const events = eventsOf(block).filter(isWanted);
    if (events.length === 0) continue;
    const response = new gateway.ChaincodeEventsResponse();
    response.setBlockNumber(number);
    response.setEventsList(events);
    yield response;
  }
}

function startBlock(request: gateway.ChaincodeEventsRequest, store: LedgerStore): number {
  const after = request.getAfterTransactionId();
  const entry = after === "" ? undefined : store.getTransaction(after);
  if (entry !== undefined) return entry.block;
  return startOf(request.getStartPosition(), store);
}

function startOf(position: orderer.SeekPosition | undefined, store: LedgerStore): number {
  const { TypeCase } = orderer.SeekPosition;
  if (position === undefined) return store.tip.height;
  switch (position.getTypeCase()) {
    case TypeCase.TYPE_NOT_SET:
    case TypeCase.NEXT_COMMIT:
      return store.tip.height;
    case TypeCase.SPECIFIED:
      return position.getSpecified()?.getNumber() ?? 0;
    case TypeCase.OLDEST:
      throw invalidStart("Oldest");
    case TypeCase.NEWEST:
      throw invalidStart("Newest");
  }
}

function invalidStart(name: string): RpcError {
  const text = `invalid start position type: *orderer.SeekPosition_${name}`;
  return new RpcError(status.INVALID_ARGUMENT, text);
}

/** With `afterTransactionId` nothing passes before that transaction's event has gone by. */
function eventMatcher(request: gateway.ChaincodeEventsRequest): (event: peer.ChaincodeEvent) => boolean {
  const chaincode = request.getChaincodeId();
  const after = request.getAfterTransactionId();
  let isPast = after === "";
  return (event) => {
    if (isPast) return event.getChaincodeId() === chaincode;
    isPast = event.getTxId() === after;
    return false;
  };
}

function eventsOf(block: common.Block): peer.ChaincodeEvent[] {
  const codes = validationCodes(block);
  return transactionsOf(block).flatMap((envelope, index) => {
    const event = codes[index] === 0 ? eventIn(envelope) : undefined;
    return event === undefined ? [] : [event];
  });
}

/** Only what was validated is read here, so it decodes; a configuration has no event. */
function eventIn(envelope: Uint8Array): peer.ChaincodeEvent | undefined {
  const committed = committedTransaction(envelope);
  const event = committed && eventOf(committed.action);
  return event !== undefined && event.getEventName() !== "" ? event : undefined;
}
