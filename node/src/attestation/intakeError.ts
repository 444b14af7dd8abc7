import { DomainError } from "@comity/protocol";

/** Why a whole request is refused, with the HTTP status that says so. */
export const intakeStatuses = {
  BATCH_MALFORMED: 400,
  CLIENT_FORBIDDEN: 403, // not an attester's certificate
  SITE_UNKNOWN: 403, // the ledger knows no such site of this operator and member
  HOST_UNKNOWN: 404,
  PATH_UNKNOWN: 404,
  LENGTH_REQUIRED: 411,
  BATCH_TOO_LARGE: 413,
  INTAKE_FAILED: 500,
  INTAKE_BUSY: 503,
  INTAKE_UNREPLICATED: 503, // taken in, but too few other nodes have said that they hold it: ask again
} as const;
export type IntakeErrorCode = keyof typeof intakeStatuses;

export const intakeErrorCodes = Object.keys(intakeStatuses) as IntakeErrorCode[];

export class IntakeError extends DomainError<IntakeErrorCode> {}
