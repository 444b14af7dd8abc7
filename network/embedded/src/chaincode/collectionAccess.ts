import type { Collection } from "../definition/collection.ts";
import type { CollectionId } from "./privateData.ts";
import type { TransactionContext } from "./transactionContext.ts";

/** Fabric: core/chaincode/handler.go, errorIfCreatorHasNoReadPermission. @throws Error with Fabric's text */
export function readableCollection(context: TransactionContext, name: string): CollectionId {
  const collection = collectionOf(context, name);
  if (!collection.mayRead(context.proposal.creatorMspId)) throw denied("read", context, name);
  return { namespace: context.namespace, name };
}

/** Fabric: core/chaincode/handler.go, errorIfCreatorHasNoWritePermission. @throws Error with Fabric's text */
export function writableCollection(context: TransactionContext, name: string): CollectionId {
  const collection = collectionOf(context, name);
  if (!collection.mayWrite(context.proposal.creatorMspId)) throw denied("write", context, name);
  return { namespace: context.namespace, name };
}

function collectionOf({ namespace, proposal, simulation }: TransactionContext, name: string): Collection {
  const collection = simulation.definitions.collection(namespace, name);
  if (collection !== undefined) return collection;
  throw new Error(`collection ${proposal.channelId}/${namespace}/${name} could not be found`);
}

function denied(right: "read" | "write", { namespace }: TransactionContext, name: string): Error {
  return new Error(
    `tx creator does not have ${right} access permission on privatedata in ` +
      `chaincodeName:${namespace} collectionName: ${name}`,
  );
}
