export type StoreErrorCode = "STORE_LOCKED" | "STORE_DAMAGED" | "STORE_OTHER_CHANNEL" | "STORE_VERSION";

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}
