import { DomainError, isLedgerErrorCode, type LedgerErrorCode } from "@comity/protocol";

/** A refusal. Fabric passes nothing but the message to the client, so the message carries the code: `CODE: sentence`. */
export class LedgerError extends DomainError<LedgerErrorCode> {
  constructor(code: LedgerErrorCode, sentence: string, options?: ErrorOptions) {
    super(code, `${code}: ${sentence}`, options);
  }
}

/** What a transaction throws: our refusals as they are, the protocol's errors with their code, the peer's failures untouched. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof LedgerError || !(error instanceof DomainError)) return error;
  const given: unknown = error.code;
  const code = typeof given === "string" && isLedgerErrorCode(given) ? given : "ARGUMENT_INVALID";
  return new LedgerError(code, error.message, { cause: error });
}

/** The value, unless it is missing. */
export function required<T>(value: T | undefined, code: LedgerErrorCode, sentence: string): T {
  if (value === undefined) throw new LedgerError(code, sentence);
  return value;
}
