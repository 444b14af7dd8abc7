import { DomainError } from "@comity/protocol";

/** What a sender gives wrong. */
export class TipError extends DomainError<"TIP_TEXT" | "TIP_OFFICERS" | "TIP_RANDOM"> {}

export type CellErrorCode = "CELL_MALFORMED" | "CELL_ADDRESSEE" | "CELL_SEALED_WRONG" | "SEALING_KEY_INVALID";
export class CellError extends DomainError<CellErrorCode> {}

/** A share that is not the one that the sender made: whoever brought it is named by its place in the cell. */
export class WrongShareError extends DomainError<"SHARE_WRONG"> {
  readonly position: number;

  constructor(position: number) {
    super("SHARE_WRONG", `share ${position} is not the one that the sender made`);
    this.position = position;
  }
}
