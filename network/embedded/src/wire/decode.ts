/** Bytes from outside that are not the message they claim to be. The text is Fabric's. */
export class WireError extends Error {
  readonly code = "WIRE_MALFORMED";

  constructor(messageName: string, options?: ErrorOptions) {
    super(`error unmarshalling ${messageName}: proto: cannot parse invalid wire-format data`, options);
    this.name = "WireError";
  }
}

export interface MessageType<T> {
  deserializeBinary(bytes: Uint8Array): T;
}

/** google-protobuf throws assertion errors at malformed input; they become a {@link WireError}. */
export function decode<T>(type: MessageType<T>, messageName: string, bytes: Uint8Array): T {
  try {
    return type.deserializeBinary(bytes);
  } catch (cause) {
    throw new WireError(messageName, { cause });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
