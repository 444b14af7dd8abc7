import { Logger } from "winston";

/**
 * fabric-shim logs several lines a call of the ledger, and its logger formats each before the transport drops what is below the level: a fifth of a
 * chaincode's time. Here such a line is dropped first.
 */
export function dropBeforeFormatting(): void {
  const { write } = Logger.prototype as { write: Write };
  Logger.prototype.write = function (this: Logger, line: { readonly level: string }, ...rest: unknown[]) {
    return !this.isLevelEnabled(line.level) || write.call(this, line, ...rest);
  };
}

type Write = (line: { readonly level: string }, ...rest: unknown[]) => boolean;
