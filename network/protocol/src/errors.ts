/** An error that carries a stable code for programs and a sentence for people. Codes are never reused or renamed. */
export class DomainError<C extends string = string> extends Error {
  readonly code: C;

  constructor(code: C, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
