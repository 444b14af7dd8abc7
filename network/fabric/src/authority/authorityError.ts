/** Codes are stable: programs compare them, people read the message. */
export type AuthorityErrorCode = "AUTHORITY_REQUEST" | "AUTHORITY_FILES" | "AUTHORITY_KEY";

export class AuthorityError extends Error {
  readonly code: AuthorityErrorCode;

  constructor(code: AuthorityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AuthorityError";
    this.code = code;
  }
}
