import { status } from "@grpc/grpc-js";
import type { CollectionId } from "../chaincode/privateData.ts";
import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import { RpcError } from "../wire/rpcError.ts";
import type { EndorsedPrivateData } from "./outcome.ts";

export interface EligibilityOptions {
  readonly quorum: number;
  readonly definitions: ChaincodeDefinitions;
  /** The proposal has transient data. */
  readonly isProtected: boolean;
}

/**
 * Who can endorse what the first endorser did: members of all collections whose values were read, and with transient data
 * of those that were written too. Fabric: internal/pkg/gateway/endorse.go, planFromFirstEndorser.
 * @throws RpcError FAILED_PRECONDITION when they are too few for the policy
 */
export function eligibleMembers<T extends { readonly mspId: string }>(
  members: readonly T[],
  { collectionsRead, collectionsWritten }: EndorsedPrivateData,
  { quorum, definitions, isProtected }: EligibilityOptions,
): T[] {
  const within = (ids: readonly CollectionId[]): T[] =>
    members.filter(({ mspId }) =>
      ids.every(({ namespace, name }) => definitions.collection(namespace, name)?.hasMember(mspId) ?? false),
    );
  const readers = within(collectionsRead);
  const eligible = isProtected ? within([...collectionsRead, ...collectionsWritten]) : readers;
  if (eligible.length >= quorum) return eligible;
  if (readers.length < quorum) {
    const text = "no combination of peers can be derived which satisfy the endorsement policy";
    const why = "no peer combination can satisfy the endorsement policy";
    throw new RpcError(status.FAILED_PRECONDITION, `${text}: ${why}`);
  }
  const isRead = new Set(collectionsRead.map(idText));
  const protectedNames = collectionsWritten.filter((id) => !isRead.has(idText(id))).map(({ name }) => name);
  throw new RpcError(
    status.FAILED_PRECONDITION,
    "requires endorsement from organisation(s) that are not in the distribution policy of the private data " +
      `collection(s): [${protectedNames.join(" ")}]; retry specifying trusted endorsing organizations to protect transient data`,
  );
}

function idText({ namespace, name }: CollectionId): string {
  return `${namespace}/${name}`;
}
