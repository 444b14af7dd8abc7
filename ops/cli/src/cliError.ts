import { DomainError } from "@comity/protocol";

export type CliErrorCode =
  | "DATA_DIR_FOREIGN"
  | "DATA_DIR_DAMAGED"
  | "DATA_DIR_IN_USE"
  | "DATA_DIR_OTHER_SIZE"
  | "DATA_DIR_OTHER_LEDGER"
  | "NETWORK_NOT_FOUND"
  | "NETWORK_UNREACHABLE"
  | "PROCESS_UNKNOWN"
  | "NOT_READY"
  | "LEDGER_EMBEDDED"
  | "STORY_STEP"
  | "FILE_UNREADABLE"
  | "FILE_UNWRITABLE"
  | "DOCUMENT_WRONG"
  | "TIP_GATEWAY"
  | "TIP_REFUSED"
  | "TIP_UNKNOWN"
  | "TIP_OFFICER_NONE"
  | "TIP_OFFICERS_FEW"
  | "TIP_SHARE_WRONG"
  | "NOTHING_TO_DECIDE"
  | "MEMBER_CHANGE"
  | "SUPERVISOR_NONE"
  | "SUPERVISOR_BUSY"
  | "USAGE";

/** Narrowing with `instanceof` alone would make the code `any`. */
export function domainErrorOf(error: unknown): DomainError | undefined {
  return error instanceof DomainError ? error : undefined;
}

/** Its message is a sentence that says what is wrong and what to do. */
export class CliError extends DomainError<CliErrorCode> {}
