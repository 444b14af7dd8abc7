import { status } from "@grpc/grpc-js";
import { gateway, google } from "@hyperledger/fabric-protos";

/**
 * How a call fails, in one line: `EndorseError ABORTED: message [what one endorser said | what another said]`. The class is the client's, or
 * `ServiceError` where gRPC is used by itself. Where it does not fail, what it gives, if that is text.
 */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    const given = await promise;
    return typeof given === "string" ? given : "taken";
  } catch (error) {
    return failureOf(error);
  }
}

export function failureOf(error: unknown): string {
  if (!(error instanceof Error && "code" in error && typeof error.code === "number")) throw error;
  const kind = error.constructor.name === "Error" ? "ServiceError" : error.constructor.name;
  const message = alike(error.message.replace(/^\d+ [A-Z_]+: /, ""));
  return `${kind} ${status[error.code] ?? error.code}: ${message}${told(detailsOf(error), message)}`;
}

function told(raw: readonly string[], message: string): string {
  const [first, ...more] = [...new Set(raw.map(alike))].sort();
  if (first === undefined) return "";
  if (more.length === 0 && first !== "" && message.endsWith(first)) return " [the same]";
  return ` [${[first, ...more].join(" | ")}]`;
}

/** The text with what differs from run to run replaced by what it is. */
export function alike(text: string): string {
  return (
    text
      // Go's protobuf writes one or the other, so that nobody compares its errors.
      .replaceAll("\u00a0", " ")
      .replace(/\b[0-9a-f]{65,}\b/g, "<bytes>")
      .replace(/\b[0-9a-f]{64}\b/g, "<hash>")
      // Fabric names the chaincode's package; the embedded ledger has none.
      .replaceAll("probe_1:<hash>", "probe")
      .replace(/payload is \d+ bytes/, "payload is <n> bytes")
      .replace(/127\.0\.0\.1:\d+/g, "<address>")
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( [+-]\d{4} UTC|Z)/g, "<time>")
      .replace(/Deadline exceeded.*$/, "<deadline>")
      .replace(/case\d+\//g, "<key>")
  );
}

/** In the client's errors, or in the trailer of a plain gRPC one. */
function detailsOf(error: Error): string[] {
  const details = "details" in error ? error.details : undefined;
  if (Array.isArray(details)) return (details as { message: string }[]).map(({ message }) => message);
  if (!("metadata" in error)) return [];
  const { metadata } = error as unknown as { metadata: { get(key: string): (string | Buffer)[] } };
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return [];
  const { Status } = google.rpc;
  return Status.deserializeBinary(Buffer.from(bytes))
    .getDetailsList()
    .map((any) => (any as unknown as { getValue_asU8(): Uint8Array }).getValue_asU8())
    .map((value) => gateway.ErrorDetail.deserializeBinary(value).getMessage());
}
