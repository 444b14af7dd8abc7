import assert from "node:assert/strict";
import { gateway, google } from "@hyperledger/fabric-protos";

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly mspId: string; readonly address: string; readonly message: string }[];
}

/** What a call was refused with, from the client's GatewayError or a plain gRPC error. */
export async function failureOf(promise: Promise<unknown>): Promise<RpcFailure> {
  try {
    await promise;
  } catch (error) {
    return decodeFailure(error);
  }
  return assert.fail("the call was not refused");
}

function decodeFailure(error: unknown): RpcFailure {
  assert.ok(error instanceof Error && "code" in error && typeof error.code === "number", String(error));
  const details = "details" in error ? error.details : undefined;
  if (Array.isArray(details))
    return { code: error.code, message: error.message, details: details as RpcFailure["details"] };
  assert.equal(typeof details, "string");
  const { metadata } = error as unknown as { metadata: { get(key: string): (string | Buffer)[] } };
  const [status] = metadata.get("grpc-status-details-bin");
  return {
    code: error.code,
    message: String(details),
    details: status === undefined ? [] : decodeDetails(status),
  };
}

function decodeDetails(bytes: string | Buffer): RpcFailure["details"] {
  const status = google.rpc.Status.deserializeBinary(Buffer.from(bytes));
  return status.getDetailsList().map((any) => {
    const detail = gateway.ErrorDetail.deserializeBinary(
      (any as unknown as { getValue_asU8(): Uint8Array }).getValue_asU8(),
    );
    return { mspId: detail.getMspId(), address: detail.getAddress(), message: detail.getMessage() };
  });
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
