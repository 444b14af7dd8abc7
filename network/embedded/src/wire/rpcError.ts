import { Metadata, type ServiceError, type status } from "@grpc/grpc-js";
import { gateway, google } from "@hyperledger/fabric-protos";

/** Which node said what: Fabric's gateway attaches these to its errors. */
export interface ErrorDetail {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
}

/** A gRPC status as Fabric's gateway returns it. */
export class RpcError extends Error {
  readonly code: status;
  readonly errorDetails: readonly ErrorDetail[];

  constructor(code: status, message: string, errorDetails: readonly ErrorDetail[] = []) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.errorDetails = errorDetails;
  }
}

export function toServiceError(error: RpcError): Partial<ServiceError> {
  const metadata = new Metadata();
  if (error.errorDetails.length > 0) {
    metadata.set("grpc-status-details-bin", Buffer.from(statusDetails(error)));
  }
  return { name: error.name, message: error.message, code: error.code, details: error.message, metadata };
}

function statusDetails(error: RpcError): Uint8Array {
  const status = new google.rpc.Status();
  status.setCode(error.code);
  status.setMessage(error.message);
  for (const { address, mspId, message } of error.errorDetails) {
    const detail = new gateway.ErrorDetail();
    detail.setAddress(address);
    detail.setMspId(mspId);
    detail.setMessage(message);
    const any = status.addDetails();
    any.setTypeUrl("type.googleapis.com/gateway.ErrorDetail");
    any.setValue(detail.serializeBinary());
  }
  return status.serializeBinary();
}
