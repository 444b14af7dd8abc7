import { status } from "@grpc/grpc-js";
import type { peer } from "@hyperledger/fabric-protos";
import type { CollectionId } from "../chaincode/privateData.ts";

/** What a transaction does in collections. */
export interface EndorsedPrivateData {
  /** TxPvtReadWriteSet, to be kept until the block; undefined without any. */
  readonly results: Uint8Array | undefined;
  readonly collectionsRead: readonly CollectionId[];
  readonly collectionsWritten: readonly CollectionId[];
}

/** What a member's endorser answers to a proposal. */
export type Outcome =
  | {
      readonly kind: "endorsed";
      readonly response: peer.Response;
      readonly payload: Uint8Array;
      readonly endorsement: peer.Endorsement;
      readonly privateData: EndorsedPrivateData;
    }
  /** The chaincode itself answered with an error. */
  | { readonly kind: "chaincodeError"; readonly response: peer.Response }
  /** The peer could not run the chaincode. */
  | { readonly kind: "peerError"; readonly message: string }
  /** The proposal is not in order: the client's fault. */
  | { readonly kind: "refused"; readonly message: string }
  /** A gRPC error: a filter at the peer's door, or a peer that is away. */
  | { readonly kind: "unavailable"; readonly message: string };

export type Failure = Exclude<Outcome, { kind: "endorsed" }>;

export interface FailureStatus {
  readonly code: status;
  readonly message: string;
  /** Only an evaluation tries again elsewhere. */
  readonly retry: boolean;
}

/** Fabric: internal/pkg/gateway/apiutils.go, responseStatus. */
export function failureStatus(failure: Failure): FailureStatus {
  switch (failure.kind) {
    case "unavailable":
      return { code: status.UNAVAILABLE, message: failure.message, retry: true };
    case "refused":
      return { code: status.FAILED_PRECONDITION, message: failure.message, retry: false };
    case "peerError":
      return { code: status.ABORTED, message: failure.message, retry: true };
    case "chaincodeError": {
      const { response } = failure;
      const message = `chaincode response ${response.getStatus()}, ${response.getMessage()}`;
      return { code: status.UNKNOWN, message, retry: false };
    }
  }
}

/** A remote endorser is reached by gRPC: all that is not a response arrives as its error. */
export function seenFromAfar(outcome: Outcome): Outcome {
  if (outcome.kind !== "refused" && outcome.kind !== "unavailable") return outcome;
  return { kind: "unavailable", message: `rpc error: code = Unknown desc = ${outcome.message}` };
}
